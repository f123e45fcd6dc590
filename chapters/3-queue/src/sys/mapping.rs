//! A stretch of memory that several processes have mapped.
#![expect(unsafe_code, reason = "mmap")]

use std::ffi::c_void;
use std::num::NonZero;
use std::ptr::NonNull;

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::stat::fstat;
use nix::unistd::ftruncate;
use process::Descriptor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A memfd, mapped for reading and writing in this process and wherever its descriptor is sent.
#[derive(Debug)]
pub(crate) struct Mapping {
    memfd: Descriptor,
    start: NonNull<c_void>,
    length: NonZero<usize>,
}

// SAFETY: the memory stays mapped at that address until drop, whichever thread uses it.
unsafe impl Send for Mapping {}
// SAFETY: all that a shared reference gives out is the address; who follows it has to synchronise.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `length` new bytes, all zero.
    pub(crate) fn new(length: NonZero<usize>) -> nix::Result<Self> {
        let memfd = memfd_create(c"shared", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
        ftruncate(&memfd, i64::try_from(length.get()).map_err(|_| nix::Error::ENOMEM)?)?;
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
        let memfd = self.memfd.try_clone().map_err(|_| nix::Error::EMFILE)?;
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

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this is what was mapped, and whatever borrowed from `self` is gone.
        let unmapped = unsafe { munmap(self.start, self.length.get()) };
        debug_assert!(unmapped.is_ok());
    }
}

/// The memory itself stays where it is: what travels is its descriptor.
impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.memfd, self.length).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let (memfd, length): (Descriptor, NonZero<usize>) = Deserialize::deserialize(deserializer)?;
        let there = fstat(&memfd).map_err(Error::custom)?.st_size;
        if i64::try_from(length.get()) != Ok(there) {
            return Err(Error::custom("the shared memory has another length"));
        }
        let seals = fcntl(&memfd, FcntlArg::F_GET_SEALS).map_err(Error::custom)?;
        if !SealFlag::from_bits_retain(seals).contains(SealFlag::F_SEAL_SHRINK) {
            return Err(Error::custom("the shared memory could shrink"));
        }
        Self::map(memfd, length).map_err(Error::custom)
    }
}
