//! Counters in shared memory that need no lock.
#![expect(unsafe_code, reason = "references into shared memory")]

use std::num::NonZero;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use super::mapping::{self, kind};

type Mapping = mapping::Mapping<{ kind(b"atomics ") }>;

/// Several `AtomicU64` in memory that several processes share, all zero at first.
///
/// Give a clone ([`try_clone`](Self::try_clone)) to a child in the arguments of a spawn. An atomic operation is
/// done or not done, so a process killed at any moment leaves nothing half done. Nothing here blocks.
///
/// # Platform
///
/// Linux: `memfd_create(2)`, sealed (`F_ADD_SEALS` in `fcntl(2)`), and `mmap(2)`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Atomics {
    mapping: Mapping,
}

impl Atomics {
    /// Makes `count` atomics.
    ///
    /// # Errors
    ///
    /// `EINVAL` for none at all; `ENOMEM`, `EMFILE` and what else `memfd_create(2)` and `mmap(2)` say.
    pub fn new(count: usize) -> nix::Result<Self> {
        let length = count.checked_mul(size_of::<AtomicU64>()).ok_or(Errno::ENOMEM)?;
        let length = NonZero::new(length).ok_or(Errno::EINVAL)?;
        Ok(Self { mapping: Mapping::new(length)? })
    }

    /// A second handle that shares the memory with the first.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn try_clone(&self) -> nix::Result<Self> {
        Ok(Self { mapping: self.mapping.try_clone()? })
    }
}

impl Deref for Atomics {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        let start = self.mapping.start().cast::<AtomicU64>();
        let count = self.mapping.length().get() / size_of::<AtomicU64>();
        let atomics = NonNull::slice_from_raw_parts(start, count);
        // SAFETY: the mapping has that many, aligned to a page, valid with any bits, mapped while `self` lives; and
        // everybody who has it uses it as atomics.
        unsafe { atomics.as_ref() }
    }
}
