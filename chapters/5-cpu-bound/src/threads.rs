//! The numbers spread over threads of this process.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Calls `work` for each number on `workers` threads; the results are in the numbers' order. Blocks.
///
/// Each thread takes the next number as soon as it is free. All of them see the same slice: nothing is sent.
/// The threads have ended when this returns.
///
/// # Panics
///
/// If `work` panics, after the other threads have ended; or if the system refuses a thread.
// ANCHOR: run
pub fn run<R: Send>(work: impl Fn(u64) -> R + Sync, numbers: &[u64], workers: usize) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(&number) = numbers.get(place) else { return done };
            done.push((place, work(number)));
        }
    };
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.max(1)).map(|_| scope.spawn(take)).collect();
        threads
            .into_iter()
            .flat_map(|thread| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    results.sort_by_key(|&(place, _)| place);
    results.into_iter().map(|(_, result)| result).collect()
}
// ANCHOR_END: run
