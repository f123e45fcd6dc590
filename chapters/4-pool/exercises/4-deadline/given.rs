//! What answers to `pool/4-deadline` are given: puzzles, of which some are never solved.

use std::thread::park;
use std::time::Duration;

/// The puzzles are 1 to 8.
pub const PUZZLES: u32 = 8;

/// So long may all of them take together.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// Solves a puzzle: how many primes are below so many times ten thousand. Every second one never ends, which nobody
/// can know before.
pub fn solve(puzzle: u32) -> usize {
    while puzzle.is_multiple_of(2) {
        park();
    }
    let is_prime = |n: &u32| (2..).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    (2..puzzle * 10_000).filter(is_prime).count()
}
