//! A number in shared memory that changes in one step, without a lock.

use std::sync::atomic::Ordering;

use queue::shared::Atomics;
use serde::{Deserialize, Serialize};

/// A counter that several processes share. Give a second handle of it to a child in the arguments of a spawn.
///
/// Adding is one operation of the processor: done or not done. So a process killed at any moment leaves nothing
/// half done, nobody ever waits, and nobody has to be told. It counts, and nothing else: what other memory holds
/// at that moment does not follow from it (its operations are `Relaxed`).
#[derive(Debug, Serialize, Deserialize)]
pub struct Counter(Atomics);

impl Counter {
    /// A counter that stands at zero.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, `EMFILE` and what else `memfd_create(2)` and `mmap(2)` say.
    pub fn new() -> nix::Result<Self> {
        Atomics::new(1).map(Self)
    }

    /// A second handle of the same counter.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn try_clone(&self) -> nix::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// What it stands at. Never blocks.
    pub fn get(&self) -> u64 {
        self.0[0].load(Ordering::Relaxed)
    }

    /// Adds `n`, and gives what it stood at before. Never blocks. Wraps around after `u64::MAX`.
    pub fn add(&self, n: u64) -> u64 {
        self.0[0].fetch_add(n, Ordering::Relaxed)
    }

    /// Adds `n` **wrongly**: reads, adds, writes. Whatever others add between the two is lost.
    ///
    /// This is the mistake that chapter 6 is about, and what `counter.value += n` does in Python. Each of the two
    /// steps is atomic, so the sum is wrong, but nothing is undefined.
    pub fn add_in_two_steps(&self, n: u64) {
        let seen = self.0[0].load(Ordering::Relaxed);
        self.0[0].store(seen.wrapping_add(n), Ordering::Relaxed);
    }
}
