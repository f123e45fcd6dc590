//! A stretch of memory that several processes have mapped.
#![expect(unsafe_code, reason = "mmap")]

use std::ffi::c_void;
use std::num::NonZero;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::stat::fstat;
use nix::sys::uio::{pread, pwrite};
use nix::unistd::ftruncate;
use process::Descriptor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::file_limit;

/// A memfd, mapped for reading and writing in this process and wherever its descriptor is sent.
///
/// `KIND` says what lies in it, and is written behind it, where nobody has it mapped to write. Otherwise the bytes of a
/// counter could arrive as a mutex, by a type that encodes itself as one and is decoded as another.
#[derive(Debug)]
pub(crate) struct Mapping<const KIND: u64> {
    memfd: Descriptor,
    start: NonNull<c_void>,
    length: NonZero<usize>,
}

/// A kind by its name.
pub(crate) const fn kind(name: &[u8; 8]) -> u64 {
    u64::from_le_bytes(*name)
}

/// Where the kind is written, after `length` bytes.
fn place_of_kind(length: NonZero<usize>) -> nix::Result<i64> {
    let place = length.get().checked_next_multiple_of(size_of::<u64>());
    let place = place.and_then(|place| i64::try_from(place).ok()).ok_or(Errno::ENOMEM)?;
    if place > i64::MAX - KIND_SIZE { Err(Errno::ENOMEM) } else { Ok(place) }
}

const KIND_SIZE: i64 = size_of::<u64>() as i64;

// SAFETY: the memory stays mapped at that address until drop, whichever thread uses it.
unsafe impl<const KIND: u64> Send for Mapping<KIND> {}
// SAFETY: all that a shared reference gives out is the address; who follows it has to synchronise.
unsafe impl<const KIND: u64> Sync for Mapping<KIND> {}

impl<const KIND: u64> Mapping<KIND> {
    /// Maps `length` new bytes, all zero.
    pub(crate) fn new(length: NonZero<usize>) -> nix::Result<Self> {
        let memfd = memfd_create(c"shared", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
        let place = place_of_kind(length)?;
        file_limit::allows((place + KIND_SIZE) as u64)?;
        ftruncate(&memfd, place + KIND_SIZE)?;
        if pwrite(&memfd, &KIND.to_ne_bytes(), place)? != size_of::<u64>() {
            return Err(Errno::ENOSPC);
        }
        // A file that shrank under a mapping would make reading it fatal (SIGBUS).
        let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
        fcntl(&memfd, FcntlArg::F_ADD_SEALS(seals))?;
        Self::map(memfd.into(), length)
    }

    fn map(memfd: Descriptor, length: NonZero<usize>) -> nix::Result<Self> {
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address the kernel chooses overlaps nothing.
        let start = unsafe { mmap(None, length, protection, MapFlags::MAP_SHARED, &memfd, 0) }?;
        Ok(Self { memfd, start, length })
    }

    /// The same memory, mapped a second time.
    pub(crate) fn try_clone(&self) -> nix::Result<Self> {
        let memfd = self.memfd.try_clone().map_err(|_| Errno::EMFILE)?;
        Self::map(memfd, self.length)
    }

    /// How many bytes it has.
    pub(crate) fn length(&self) -> NonZero<usize> {
        self.length
    }

    /// Where it begins in this process: at a page's boundary.
    pub(crate) fn start(&self) -> NonNull<c_void> {
        self.start
    }
}

impl<const KIND: u64> Drop for Mapping<KIND> {
    fn drop(&mut self) {
        // SAFETY: this is what was mapped, and whatever borrowed from `self` is gone.
        let unmapped = unsafe { munmap(self.start, self.length.get()) };
        debug_assert!(unmapped.is_ok());
    }
}

/// The memory itself stays where it is: what travels is its descriptor.
impl<const KIND: u64> Serialize for Mapping<KIND> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.memfd, self.length).serialize(serializer)
    }
}

impl<'de, const KIND: u64> Deserialize<'de> for Mapping<KIND> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let (memfd, length): (Descriptor, NonZero<usize>) = Deserialize::deserialize(deserializer)?;
        let there = fstat(&memfd).map_err(Error::custom)?.st_size;
        let place = place_of_kind(length).map_err(Error::custom)?;
        if place + KIND_SIZE != there {
            return Err(Error::custom("the shared memory has another length"));
        }
        let mut kind = [0; size_of::<u64>()];
        pread(&memfd, &mut kind, place).map_err(Error::custom)?;
        if u64::from_ne_bytes(kind) != KIND {
            return Err(Error::custom("the shared memory holds something else"));
        }
        let seals = fcntl(&memfd, FcntlArg::F_GET_SEALS).map_err(Error::custom)?;
        if !SealFlag::from_bits_retain(seals).contains(SealFlag::F_SEAL_SHRINK) {
            return Err(Error::custom("the shared memory could shrink"));
        }
        Self::map(memfd, length).map_err(Error::custom)
    }
}
