//! Records of bytes from one process to one other, through shared memory, without a system call.
#![expect(unsafe_code, reason = "references into shared memory")]

use std::num::NonZero;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicU64, fence};

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use super::mapping::{self, kind};

type Mapping = mapping::Mapping<{ kind(b"lane    ") }>;

/// How many bytes have been published, how many of what comes next are whole, how many were read, and whether the
/// reader sleeps: a cache line each.
const WRITTEN: usize = 0;
const DRAFTED: usize = 64;
const READ: usize = 128;
const ASLEEP: usize = 192;
const DATA: usize = 256;
/// A record begins with its length and its state, four bytes each.
const PREFIX: usize = 8;
/// In place of a length: the rest of the lane, up to its end, is empty.
const SKIP: u32 = u32::MAX;

/// The states of a record. Its reader takes it, or its writer takes it back: whoever is first.
const THERE: u32 = 0;
const TAKEN: u32 = 1;
const REVOKED: u32 = 2;

/// Makes a lane that holds `capacity` bytes, a power of two, and gives its two ends.
///
/// Give one of them to a child in the arguments of a spawn. A record that was [`published`](LaneWriter::publish) is whole
/// and stays readable if its writer dies; of one that was not, what was [kept](LaneWriter::keep) can be read
/// [then](LaneReader::read_draft). Nobody waits in here and nobody is woken: see [`LaneReader::sleeps`].
///
/// # Errors
///
/// `EINVAL` for a capacity that is no power of two, below 64 or above 2³⁰; `ENOMEM`, `EMFILE`.
pub fn lane(capacity: usize) -> nix::Result<(LaneWriter, LaneReader)> {
    if !capacity.is_power_of_two() || !(64..=1 << 30).contains(&capacity) {
        return Err(Errno::EINVAL);
    }
    let length = capacity.checked_add(DATA).and_then(NonZero::new).ok_or(Errno::ENOMEM)?;
    let mapping = Mapping::new(length)?;
    let reader = LaneReader { lane: Lane { mapping: mapping.try_clone()? }, read: 0, written: 0 };
    Ok((LaneWriter { lane: Lane { mapping }, start: 0, draft: None, read: 0 }, reader))
}

#[derive(Debug, Serialize, Deserialize)]
struct Lane {
    mapping: Mapping,
}

impl Lane {
    /// A power of two: what the memory has room for.
    fn capacity(&self) -> usize {
        self.mapping.length().get() - DATA
    }

    fn at(&self, offset: usize) -> NonNull<u8> {
        debug_assert!(offset <= DATA + self.capacity());
        // SAFETY: the callers keep to offsets within the mapping, or to its end.
        unsafe { self.mapping.start().cast::<u8>().add(offset) }
    }

    fn count(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: the three counters lie at multiples of 64, and are used as atomics by both ends.
        unsafe { self.at(offset).cast().as_ref() }
    }

    fn asleep(&self) -> &AtomicU32 {
        // SAFETY: as for the counters.
        unsafe { self.at(ASLEEP).cast().as_ref() }
    }

    /// The length and the state of the record that begins at this number.
    fn prefix(&self, number: u64) -> [&AtomicU32; 2] {
        let length = self.at(DATA + self.place(number)).cast::<AtomicU32>();
        // SAFETY: records begin at multiples of eight, and there is room for a prefix at each.
        let state = unsafe { length.add(1) };
        // SAFETY: these words are used as atomics by both ends, and the mapping lives as long as `self`.
        let length = unsafe { length.as_ref() };
        // SAFETY: as above.
        [length, unsafe { state.as_ref() }]
    }

    /// Where the byte with this number in the stream lies.
    fn place(&self, number: u64) -> usize {
        number as usize & (self.capacity() - 1)
    }

    fn to_end(&self, number: u64) -> usize {
        self.capacity() - self.place(number)
    }
}

/// The bytes that a record takes: its length, itself, and filling up to a multiple of eight.
fn room_for(length: usize) -> usize {
    PREFIX + length.next_multiple_of(PREFIX)
}

/// The end of a lane that writes. Its counts are its own: only one process may use it.
#[derive(Debug, Serialize, Deserialize)]
pub struct LaneWriter {
    lane: Lane,
    /// Where the next record begins.
    start: u64,
    /// That record, if it was begun.
    draft: Option<Draft>,
    /// How many bytes were read, as last seen.
    read: u64,
}

/// A record that is being written.
#[derive(Debug, Serialize, Deserialize)]
struct Draft {
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

/// The end of a lane that reads. Its counts are its own: only one process may use it.
#[derive(Debug, Serialize, Deserialize)]
pub struct LaneReader {
    lane: Lane,
    read: u64,
    /// As last seen.
    written: u64,
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

    /// Hands what a writer that has *died* had [kept](LaneWriter::keep) of the record it was writing to `take`; `None` if
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
    /// next one is told by [`LaneWriter::must_wake`].
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
