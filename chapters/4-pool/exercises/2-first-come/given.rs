//! What answers to `pool/2-first-come` are given: keys without end, and trying one.

use std::hint::black_box;

use crate::checked;

/// After so many keys that fit, the search is over.
pub const WANTED: usize = 5;

/// Candidates, without end.
pub fn keys() -> impl Iterator<Item = u64> {
    1..
}

/// Tries a key: gives it back, and whether it fits. Some take far longer than others.
///
/// Under the check, key 7 and all from 30 on wait for a byte: they are as slow as the check likes.
pub fn try_key(key: u64) -> (u64, bool) {
    if key == 7 || key >= 30 {
        checked::wait();
    }
    let turns = if key == 7 { 300_000_000 } else { 1_000_000 };
    for turn in 0..turns {
        black_box(turn);
    }
    (key, key.is_multiple_of(7))
}
