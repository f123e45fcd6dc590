//! What answers to `overview/2-own-memory` are given: a function that leaves its mark.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

static RATE: AtomicU32 = AtomicU32::new(10);

/// The price of some amount, at the current rate.
///
/// Old code that nobody dares to change: each call leaves a higher rate to the next one.
pub fn price(amount: u32) -> u32 {
    amount * RATE.fetch_add(1, Relaxed)
}

/// The current rate, as this process sees it.
pub fn rate() -> u32 {
    RATE.load(Relaxed)
}
