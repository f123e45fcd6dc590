//! What answers to `comparison/3-share-once` are given: a large table, and what a worker does with half of it.

use std::process::id;

use lesson::say;

use crate::checked;

/// How many entries the table has: 32 MiB of them.
pub const ENTRIES: usize = 4 << 20;

/// The entry at a place.
pub fn entry(place: usize) -> u64 {
    place as u64 % 1000
}

/// The whole table, in memory of this process.
pub fn table() -> Vec<u64> {
    (0..ENTRIES).map(entry).collect()
}

/// Sums up a part of the table; worker 1 or 2 says that it has done so.
///
/// Under the check it then waits for a byte, so that the check sees what memory both workers use.
pub fn sum(worker: u32, part: &[u64]) -> u64 {
    let sum = part.iter().sum();
    let (pid, entries) = (id(), part.len());
    say!(
        "worker {worker}: {entries} entries (PID: {pid})",
        "ワーカー{worker}: {entries}項目(PID: {pid})"
    );
    checked::wait();
    sum
}
