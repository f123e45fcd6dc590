//! The end that reads records, in place.

use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::fence;

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use super::{DATA, DRAFTED, Lane, PREFIX, READ, REVOKED, SKIP, TAKEN, WRITTEN, room_for};

/// The end of a lane that reads. Its counts are its own: only one process may use it.
#[derive(Debug, Serialize, Deserialize)]
pub struct LaneReader {
    pub(super) lane: Lane,
    pub(super) read: u64,
    /// As last seen.
    pub(super) written: u64,
}

impl LaneReader {
    /// Hands the next record to `take`, in place; `None` if there is none now.
    ///
    /// # Errors
    ///
    /// `EBADMSG` if the lane says what cannot be: its writer is out of step, and nothing more can be read.
    pub fn read<R>(&mut self, take: impl FnOnce(&[u8]) -> R) -> nix::Result<Option<R>> {
        loop {
            if self.read == self.written {
                self.written = self.lane.count(WRITTEN).load(Acquire);
                if self.read == self.written {
                    return Ok(None);
                }
            }
            let there = self.written.wrapping_sub(self.read);
            if there > self.lane.capacity() as u64 || there < PREFIX as u64 {
                return Err(Errno::EBADMSG);
            }
            let to_end = self.lane.to_end(self.read);
            let [length, state] = self.lane.prefix(self.read);
            let length = length.load(Relaxed);
            if length == SKIP {
                self.pass(to_end);
                continue;
            }
            let length = length as usize;
            let room = room_for(length);
            if room > to_end || room as u64 > there {
                return Err(Errno::EBADMSG);
            }
            if state.swap(TAKEN, SeqCst) == REVOKED {
                self.pass(room);
                continue;
            }
            let bytes = self.lane.at(DATA + self.lane.place(self.read) + PREFIX);
            let bytes = NonNull::slice_from_raw_parts(bytes, length);
            // SAFETY: the bytes lie within the lane, and the writer does not touch what it has published before the
            // count of bytes read has passed it, which is below.
            let taken = take(unsafe { bytes.as_ref() });
            self.pass(room);
            return Ok(Some(taken));
        }
    }

    /// Hands what a writer that has *died* had [kept](super::LaneWriter::keep) of the record it was writing to `take`; `None` if
    /// there is no such record, or one that was published has not been [read](Self::read) yet.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_draft<R>(&mut self, take: impl FnOnce(&[u8]) -> R) -> nix::Result<Option<R>> {
        let end = self.lane.count(DRAFTED).load(Acquire);
        if self.has_record() || end <= self.read {
            return Ok(None);
        }
        let mut start = self.read;
        if self.lane.prefix(start)[0].load(Relaxed) == SKIP {
            start += self.lane.to_end(start) as u64;
        }
        let room = self.lane.to_end(start);
        let length = end.checked_sub(start).and_then(|it| it.checked_sub(PREFIX as u64));
        match length.and_then(|length| usize::try_from(length).ok()) {
            Some(length) if length <= self.lane.capacity() && room_for(length) <= room => {
                let bytes = self.lane.at(DATA + self.lane.place(start) + PREFIX);
                let bytes = NonNull::slice_from_raw_parts(bytes, length);
                // SAFETY: the bytes lie within the lane, and their writer is dead.
                Ok(Some(take(unsafe { bytes.as_ref() })))
            }
            _ => Err(Errno::EBADMSG),
        }
    }

    fn pass(&mut self, bytes: usize) {
        self.read += bytes as u64;
        self.lane.count(READ).store(self.read, Release);
    }

    /// Whether a record is there.
    pub fn has_record(&mut self) -> bool {
        if self.read == self.written {
            self.written = self.lane.count(WRITTEN).load(Acquire);
        }
        self.read != self.written
    }

    /// Says that the reader is about to sleep, unless a record is there already: then it says so. Whoever writes the
    /// next one is told by [`LaneWriter::must_wake`](super::LaneWriter::must_wake).
    pub fn sleeps(&mut self) -> bool {
        self.lane.asleep().store(1, SeqCst);
        fence(SeqCst);
        let sleeps = !self.has_record();
        if !sleeps {
            self.lane.asleep().store(0, Relaxed);
        }
        sleeps
    }

    /// Says that the reader is awake again, whoever woke it.
    pub fn is_awake(&mut self) {
        self.lane.asleep().store(0, Relaxed);
    }
}
