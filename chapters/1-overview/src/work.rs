//! Something to compute that takes a while and needs nothing: no memory, no input, no lock.

use std::hint::black_box;

/// Enough rounds for about a fifth of a second.
pub const ROUNDS: u64 = 150_000_000;

/// Takes `rounds` steps of a small random-number generator, and gives the last number.
///
/// A compiler may work out such a loop in advance, or leave out one whose result nobody uses. It must
/// believe that [`black_box`] could look at the number in each round and change it; so every round is
/// really computed, in order, at any optimisation level.
pub fn compute(rounds: u64) -> u64 {
    let mut number = 1_u64;
    for _ in 0..rounds {
        number = black_box(number).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    }
    number
}
