//! The only unsafe code of this crate: how a function gets from the parent to a worker, and which process this is.
#![expect(
    unsafe_code,
    reason = "a function is named by its address, and its value made from nothing; memory that a fork clears"
)]

use std::mem::MaybeUninit;
use std::num::NonZero;
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous};

use crate::order::{Runner, anchor};

/// A value of a type of size zero, of which the parent was given one.
pub(crate) fn same_again<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0) };
    let nothing = MaybeUninit::<F>::uninit();
    // SAFETY: a type of size zero has no bytes to initialise. This is called only by the `Runner` for F, which
    // runs only where a value of F was given to the pool; F is Copy, so this is no more than a copy of it.
    unsafe { nothing.assume_init() }
}

/// The runner at a distance from [`anchor`] that the parent sent.
pub(crate) fn runner_at(distance: usize) -> Runner {
    let address = anchor().wrapping_add(distance);
    // SAFETY: parent and worker run the same program file, so all its functions lie at the same distances from its
    // statics, wherever it was loaded; and the parent sends only distances of runners (`order::distance_of`).
    unsafe { std::mem::transmute::<usize, Runner>(address) }
}

/// This process's pid. To ask the kernel each time would cost more than all the rest of a short task; so it is kept in a
/// page that the kernel clears in every forked copy (`MADV_WIPEONFORK`, `madvise(2)`).
pub(crate) fn own_pid() -> u32 {
    static KEPT: OnceLock<Option<&AtomicU32>> = OnceLock::new();
    let Some(kept) = KEPT.get_or_init(cleared_by_fork) else { return process::id() };
    match kept.load(Relaxed) {
        0 => {
            let pid = process::id();
            kept.store(pid, Relaxed);
            pid
        }
        pid => pid,
    }
}

/// A number that is zero again in every forked copy of this process, if the kernel knows how.
fn cleared_by_fork() -> Option<&'static AtomicU32> {
    let length = NonZero::new(size_of::<AtomicU32>())?;
    let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: a new mapping, at an address that the kernel chooses.
    let page = unsafe { mmap_anonymous(None, length, protection, MapFlags::MAP_PRIVATE) }.ok()?;
    // SAFETY: the page was mapped just now, and nobody else knows it.
    unsafe { madvise(page, length.get(), MmapAdvise::MADV_WIPEONFORK) }.ok()?;
    // SAFETY: it begins on a page, is zero, and is never unmapped.
    Some(unsafe { page.cast::<AtomicU32>().as_ref() })
}
