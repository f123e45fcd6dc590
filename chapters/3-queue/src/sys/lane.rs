//! Records of bytes from one process to one other, through shared memory, without a system call.
#![expect(unsafe_code, reason = "references into shared memory")]

use std::num::NonZero;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};

use nix::errno::Errno;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::mapping::{self, kind};

#[cfg(test)]
mod fuzz;
mod reader;
mod writer;

pub use reader::LaneReader;
pub use writer::LaneWriter;

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
/// Give one of them to a child in the arguments of a spawn (not both to the same one). A record that was [`published`](LaneWriter::publish) is whole
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
    let mapping = Arc::new(Mapping::new(length)?);
    let reader = LaneReader { lane: Lane { mapping: Arc::clone(&mapping) }, read: 0, written: 0 };
    Ok((LaneWriter { lane: Lane { mapping }, start: 0, draft: None, read: 0 }, reader))
}

#[derive(Debug)]
struct Lane {
    /// Mapped once for both ends, as long as both are in this process.
    mapping: Arc<Mapping>,
}

impl Serialize for Lane {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.mapping.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Lane {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { mapping: Arc::new(Mapping::deserialize(deserializer)?) })
    }
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
