//! The shared memory of a ring: its words, its bytes, its participants' mutexes, its bells.
#![expect(unsafe_code, reason = "references into shared memory, pthread mutexes, futexes")]

use std::num::NonZero;
use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use libc::pthread_mutex_t;
use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::uio::{pread, pwrite};
use process::Descriptor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::locked::initialise;
use super::mapping::{self, kind};
use crate::file_limit;

mod bells;
pub(crate) mod seats;

pub(crate) use bells::Bell;
pub(crate) use seats::{Seat, generation};

type Mapping = mapping::Mapping<{ kind(b"ring    ") }>;

/// How many processes can take part at the same time.
pub(crate) const SEATS: usize = 64;
/// The most bytes that lie beside a slot's word, in the same two cache lines.
pub(crate) const INLINE: usize = 112;
/// The most bytes that lie in a slot's mapped region; more are written into a file in memory.
///
/// 1 MiB, and what its encoding adds: to copy through a mapping takes half as long as through `pwrite(2)` and `pread(2)`,
/// which look each page up.
const REGION: usize = (1 << 20) + 4096;
/// How much of a large item's memory a slot keeps for the next one.
const KEPT: i64 = REGION as i64;
/// Every slot has so much of the large file's address space: more than any machine's memory.
const LARGE_STRIDE: u32 = 40;
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
    /// Items larger than a region, each at its slot's place. Sparse: what is not written takes no memory.
    large: Descriptor,
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
        let large = memfd_create(c"ring", MFdFlags::MFD_CLOEXEC)?.into();
        let memory = Self { mapping, large, capacity };
        for seat in 0..SEATS {
            initialise(memory.mutex(seat))?;
        }
        Ok(memory)
    }

    pub(crate) fn try_clone(&self) -> nix::Result<Self> {
        let large = self.large.try_clone().map_err(|_| Errno::EMFILE)?;
        Ok(Self { mapping: self.mapping.try_clone()?, large, capacity: self.capacity })
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

    /// How long the item is that lies in the slot. Plain data, but read and written as an atomic.
    fn length(&self, place: u64) -> &AtomicU64 {
        self.atomic(SLOTS + self.slot(place) * SLOT_STRIDE + 8)
    }

    fn bytes(&self, place: u64, length: usize) -> NonNull<u8> {
        let slot = self.slot(place);
        self.at(if length <= INLINE {
            SLOTS + slot * SLOT_STRIDE + 16
        } else {
            SLOTS + self.capacity * SLOT_STRIDE + slot * REGION
        })
    }

    fn large_offset(&self, place: u64) -> i64 {
        (self.slot(place) as i64) << LARGE_STRIDE
    }

    /// Stores an item in the slot that the caller has claimed for writing.
    ///
    /// # Errors
    ///
    /// For an item larger than a region: `ENOSPC`, `ENOMEM`; `EFBIG` if the process has a limit for files (`ulimit
    /// -f`), which counts the item's place in the file, not its length.
    pub(crate) fn store(&self, place: u64, item: &[u8]) -> nix::Result<()> {
        self.length(place).store(item.len() as u64, Ordering::Relaxed);
        if item.len() > REGION {
            return self.store_large(place, item);
        }
        let bytes = self.bytes(place, item.len());
        // SAFETY: the slot has room for that many bytes, and whoever has claimed it is alone there.
        unsafe { bytes.copy_from_nonoverlapping(NonNull::from(item).cast(), item.len()) };
        Ok(())
    }

    fn store_large(&self, place: u64, item: &[u8]) -> nix::Result<()> {
        let (mut done, offset) = (0, self.large_offset(place));
        if item.len() > 1 << LARGE_STRIDE {
            return Err(Errno::EFBIG);
        }
        file_limit::allows(offset as u64 + item.len() as u64)?;
        while done < item.len() {
            match pwrite(&self.large, &item[done..], offset + done as i64) {
                Ok(0) => return Err(Errno::ENOSPC),
                Ok(written) => done += written,
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Copies the item out of the slot that the caller has claimed for reading, to the end of `item`.
    ///
    /// # Errors
    ///
    /// `EBADMSG` if the slot says what cannot be, and what `pread(2)` says.
    pub(crate) fn load(&self, place: u64, item: &mut Vec<u8>) -> nix::Result<()> {
        let length = self.length(place).load(Ordering::Relaxed);
        let length = usize::try_from(length).map_err(|_| Errno::EBADMSG)?;
        if length > REGION {
            let loaded = self.load_large(place, length, item);
            self.give_back(place, self.noted_length(place));
            return loaded;
        }
        item.reserve(length);
        let bytes = NonNull::slice_from_raw_parts(self.bytes(place, length), length);
        // SAFETY: the slot has that many bytes, and whoever has claimed it is alone there.
        item.extend_from_slice(unsafe { bytes.as_ref() });
        Ok(())
    }

    fn load_large(&self, place: u64, length: usize, item: &mut Vec<u8>) -> nix::Result<()> {
        if length > 1 << LARGE_STRIDE {
            return Err(Errno::EBADMSG);
        }
        let (mut done, offset) = (item.len(), self.large_offset(place));
        let start = done;
        item.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
        item.resize(start + length, 0);
        while done < item.len() {
            match pread(&self.large, &mut item[done..], offset + (done - start) as i64) {
                Ok(0) => return Err(Errno::EBADMSG),
                Ok(read) => done += read,
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Gives the memory of a large item back to the system, but for what the next one may use.
    pub(crate) fn give_back(&self, place: u64, length: i64) {
        let beyond = length - KEPT;
        if beyond > 0 {
            let flags = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
            // If it fails, the memory stays with the slot until the ring ends.
            let _ = fallocate(self.large.as_fd(), flags, self.large_offset(place) + KEPT, beyond);
        }
    }

    /// The length that a slot names, within what can be: a dead owner may not have had the time to write it.
    pub(crate) fn noted_length(&self, place: u64) -> i64 {
        let length = self.length(place).load(Ordering::Relaxed);
        i64::try_from(length).unwrap_or(0).min(1 << LARGE_STRIDE)
    }
}

/// What travels is the files; how many slots there are follows from their length.
impl Serialize for Memory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.mapping, &self.large).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Memory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mapping, large): (Mapping, Descriptor) = Deserialize::deserialize(deserializer)?;
        let capacity = (mapping.length().get() - SLOTS) / (SLOT_STRIDE + REGION);
        Ok(Self { mapping, large, capacity })
    }
}
