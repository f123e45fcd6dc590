//! The end that writes records, piece by piece if need be.

use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::fence;

use serde::{Deserialize, Serialize};

use super::{DATA, DRAFTED, Lane, PREFIX, READ, REVOKED, SKIP, THERE, WRITTEN, room_for};

/// The end of a lane that writes. Its counts are its own: only one process may use it.
#[derive(Debug, Serialize, Deserialize)]
pub struct LaneWriter {
    pub(super) lane: Lane,
    /// Where the next record begins.
    pub(super) start: u64,
    /// That record, if it was begun.
    pub(super) draft: Option<Draft>,
    /// How many bytes were read, as last seen.
    pub(super) read: u64,
}

/// A record that is being written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Draft {
    /// Its bytes so far.
    length: usize,
    /// How many it may have.
    most: usize,
}

impl LaneWriter {
    /// The longest record that the lane takes, however empty it is.
    pub fn longest(&self) -> usize {
        self.lane.capacity() / 2 - PREFIX
    }

    /// How many bytes the record has that is being written.
    #[inline]
    pub fn kept(&self) -> usize {
        self.draft.as_ref().map_or(0, |draft| draft.length)
    }

    /// Where the next bytes of the record that is being written go, at least `least` of them; begins one if there is
    /// none. `None` if there is no such room now, or never because the record would be longer than
    /// [`longest`](Self::longest).
    #[inline]
    pub fn room(&mut self, least: usize) -> Option<&mut [u8]> {
        if self.kept() == 0 {
            self.draft = Some(Draft { length: 0, most: self.begin(least)? });
        }
        let draft = self.draft.as_ref().filter(|draft| draft.most - draft.length >= least)?;
        let next = self.lane.at(DATA + self.lane.place(self.start) + PREFIX + draft.length);
        let mut next = NonNull::slice_from_raw_parts(next, draft.most - draft.length);
        // SAFETY: these bytes lie within the lane, and the reader has passed them and not been told of them again.
        Some(unsafe { next.as_mut() })
    }

    /// Finds a place for a record, and says how many bytes it may have there.
    fn begin(&mut self, least: usize) -> Option<usize> {
        if least > self.longest() {
            return None;
        }
        let to_end = self.lane.to_end(self.start);
        let skip = if room_for(least) > to_end { to_end } else { 0 };
        let free = self.free(skip + room_for(least))? - skip;
        if skip > 0 {
            self.lane.prefix(self.start)[0].store(SKIP, Relaxed);
            self.start += skip as u64;
        }
        // Not what an old record has left there: that might be a skip.
        self.lane.prefix(self.start)[0].store(0, Relaxed);
        Some((free.min(self.lane.to_end(self.start)) - PREFIX).min(self.longest()))
    }

    /// How many bytes are free, if there are so many.
    fn free(&mut self, bytes: usize) -> Option<usize> {
        let capacity = self.lane.capacity();
        let free = |read: u64| capacity.saturating_sub(self.start.wrapping_sub(read) as usize);
        let mut now = free(self.read);
        if now < bytes {
            let read = self.lane.count(READ).load(Acquire);
            now = free(read);
            self.read = read;
        }
        (now >= bytes).then_some(now)
    }

    /// Adds the first `bytes` bytes of the [room](Self::room) to the record.
    #[inline]
    pub fn keep(&mut self, bytes: usize) {
        if let Some(draft) = &mut self.draft {
            draft.length = (draft.length + bytes).min(draft.most);
            let end = self.start + (PREFIX + draft.length) as u64;
            self.lane.count(DRAFTED).store(end, Release);
        }
    }

    /// Ends the record and shows it to the reader. Gives its mark; `None` if none was begun.
    pub fn publish(&mut self) -> Option<u64> {
        let Draft { length, .. } = self.draft.take()?;
        let mark = self.start;
        let [its_length, state] = self.lane.prefix(mark);
        its_length.store(length as u32, Relaxed);
        state.store(THERE, Relaxed);
        self.start = mark + room_for(length) as u64;
        self.lane.count(WRITTEN).store(self.start, Release);
        Some(mark)
    }

    /// Whether the reader has passed the record with this mark.
    pub fn is_read(&self, mark: u64) -> bool {
        self.lane.count(READ).load(Acquire) > mark
    }

    /// Takes a published record back, if its reader has not taken it yet. It counts as unread until the reader
    /// comes by.
    pub fn revoke(&mut self, mark: u64) -> bool {
        // A record that was passed may have been overwritten since.
        !self.is_read(mark)
            && self.lane.prefix(mark)[1].compare_exchange(THERE, REVOKED, SeqCst, SeqCst).is_ok()
    }

    /// Whether the reader sleeps and has to be woken, by other means; asks once for each sleep.
    pub fn must_wake(&mut self) -> bool {
        // What was published has to be visible before the look, as the reader's announcement before its own last look.
        fence(SeqCst);
        self.lane.asleep().load(Relaxed) == 1 && self.lane.asleep().swap(0, SeqCst) == 1
    }
}
