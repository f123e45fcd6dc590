//! The only unsafe code of this crate: how a function gets from the parent to a worker.
#![expect(
    unsafe_code,
    reason = "a function is named by its address, and its value made from nothing"
)]

use std::mem::MaybeUninit;

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
