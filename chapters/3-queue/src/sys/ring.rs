//! The shared memory of a ring: its words, its bytes, its participants' mutexes, its bells.
#![expect(unsafe_code, reason = "references into shared memory, pthread mutexes, futexes")]

use std::num::NonZero;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use libc::pthread_mutex_t;
use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};
use process::Descriptor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::locked::initialise;
use super::mapping::{self, kind};

mod bells;
mod items;
#[cfg(all(test, feature = "loom"))]
pub(crate) mod loom;
pub(crate) mod seats;

pub(crate) use bells::Bell;
pub(crate) use seats::{Seat, generation};

type Mapping = mapping::Mapping<{ kind(b"ring    ") }>;

/// How many processes can take part at the same time.
pub(crate) const SEATS: usize = 64;
/// The most bytes that lie beside a slot's word, in the same two cache lines.
pub(crate) const INLINE: usize = 112;
/// The most bytes that lie in a slot's mapped region; the rest of a larger item is written into a file in memory.
///
/// 1 MiB, and what its encoding adds: to copy through a mapping takes half as long as through `pwrite(2)` and `pread(2)`,
/// which look each page up.
pub(crate) const REGION: usize = (1 << 20) + 4096;
/// More would not all have their place in one file.
const MOST_SLOTS: usize = 1 << 22;

// One cache line each, so that producers and consumers do not disturb each other.
const TAIL: usize = 64;
const HEAD: usize = 128;
const BELLS: [usize; 2] = [192, 256];
const MUTEXES: usize = 512;
const MUTEX_STRIDE: usize = 64;
/// Behind a seat's mutex: what was lost with those who sat there.
const NOTE: usize = 56;
const SLOTS: usize = MUTEXES + SEATS * MUTEX_STRIDE;
const SLOT_STRIDE: usize = 128;
const _: () = assert!(size_of::<pthread_mutex_t>() <= NOTE && 16 + INLINE == SLOT_STRIDE);

/// What a ring's participants share. Cloned or sent, it is the same memory.
#[derive(Debug)]
pub(crate) struct Memory {
    mapping: Mapping,
    /// What is larger than a region, each at its slot's place. Sparse: what is not written takes no memory.
    rests: Descriptor,
    /// A power of two.
    capacity: usize,
}

impl Memory {
    /// New memory for `capacity` slots, a power of two.
    pub(crate) fn new(capacity: usize) -> nix::Result<Self> {
        if capacity > MOST_SLOTS {
            return Err(Errno::ENOMEM);
        }
        let bytes = SLOTS + capacity * (SLOT_STRIDE + REGION);
        let mapping = Mapping::new(NonZero::new(bytes).ok_or(Errno::ENOMEM)?)?;
        let rests = memfd_create(c"ring", MFdFlags::MFD_CLOEXEC)?.into();
        let memory = Self { mapping, rests, capacity };
        for seat in 0..SEATS {
            initialise(memory.mutex(seat))?;
        }
        Ok(memory)
    }

    pub(crate) fn try_clone(&self) -> nix::Result<Self> {
        let rests = self.rests.try_clone().map_err(|_| Errno::EMFILE)?;
        Ok(Self { mapping: self.mapping.try_clone()?, rests, capacity: self.capacity })
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    fn at(&self, offset: usize) -> NonNull<u8> {
        // SAFETY: every offset that this module computes lies within the mapping: seats and slots are bounded.
        unsafe { self.mapping.start().cast::<u8>().add(offset) }
    }

    fn atomic(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: offsets of words are multiples of 8 in a mapping that lives as long as `self`; they are used
        // as atomics by everybody.
        unsafe { self.at(offset).cast().as_ref() }
    }

    /// The place of the next item to be put.
    pub(crate) fn tail(&self) -> &AtomicU64 {
        self.atomic(TAIL)
    }

    /// The place of the next item to be got.
    pub(crate) fn head(&self) -> &AtomicU64 {
        self.atomic(HEAD)
    }

    fn slot(&self, place: u64) -> usize {
        place as usize & (self.capacity - 1)
    }

    /// The word of the slot that a place falls on.
    pub(crate) fn word(&self, place: u64) -> &AtomicU64 {
        self.atomic(SLOTS + self.slot(place) * SLOT_STRIDE)
    }
}

/// What travels is the files; how many slots there are follows from their length.
impl Serialize for Memory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.mapping, &self.rests).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Memory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mapping, rests): (Mapping, Descriptor) = Deserialize::deserialize(deserializer)?;
        let capacity = (mapping.length().get() - SLOTS) / (SLOT_STRIDE + REGION);
        Ok(Self { mapping, rests, capacity })
    }
}
