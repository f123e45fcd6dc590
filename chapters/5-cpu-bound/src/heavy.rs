//! The work: ten million additions.
//!
//! An optimising compiler sees that adding `n` ten million times gives ten million times `n`, and replaces
//! the loop by one multiplication. Then nothing would be left to measure. `std::hint::black_box` gives back
//! its argument, but keeps from the compiler that it does. Around the number that is added, once a turn, it
//! makes every turn's number one that the compiler cannot know, so each addition has to be done, one
//! after another. Everything else is optimised as usual: a turn is a store and a load (`black_box` passes the number
//! through memory), the addition, and the counting.

use std::hint::black_box;

/// How many additions one call does.
pub const ADDITIONS: u64 = 10_000_000;

/// Adds `n` to a sum ten million times. Never waits for anything.
/// A sum above a `u64` (`n` above 1.8 × 10¹²) wraps around, in every profile: a check for it would be work, too.
// ANCHOR: heavy
pub fn heavy_computation(n: u64) -> u64 {
    let mut count: u64 = 0;
    for _ in 0..ADDITIONS {
        count = count.wrapping_add(black_box(n));
    }
    count
}
// ANCHOR_END: heavy
