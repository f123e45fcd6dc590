//! The fourth claim: a process costs more to start than a thread.

use std::thread;
use std::time::{Duration, Instant};

use process::Process;

/// What it takes to start one that does nothing, and to join it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starting {
    /// The median for a process.
    pub process: Duration,
    /// The median for a thread.
    pub thread: Duration,
}

impl Starting {
    /// How many threads could be started in the time for one process.
    pub fn ratio(&self) -> f64 {
        self.process.as_secs_f64() / self.thread.as_secs_f64()
    }
}

// ANCHOR: nothing
fn nothing() {}
// ANCHOR_END: nothing

/// Starts and joins `rounds` processes and as many threads, one after another. Blocks meanwhile.
///
/// The median counts: a few starts always come upon a busy moment, and would spoil an average.
///
/// # Errors
///
/// What [`Process::spawn`] and [`Process::join`] say; the system does not start another thread (`EAGAIN`).
///
/// # Panics
///
/// If `rounds` is zero.
// ANCHOR: compare
pub fn compare(rounds: usize) -> lesson::Result<Starting> {
    // Processes first: a fork waits until the last thread has left the kernel's list.
    let process = median(rounds, || Ok(Process::spawn(nothing, ())?.join()?))?;
    let thread = median(rounds, || {
        let thread = thread::Builder::new().spawn(nothing)?;
        thread.join().map_err(|_| "a thread that does nothing panicked".into())
    })?;
    Ok(Starting { process, thread })
}
// ANCHOR_END: compare

fn median(rounds: usize, act: impl Fn() -> lesson::Result) -> lesson::Result<Duration> {
    assert!(rounds > 0, "a median of nothing");
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        act()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times[rounds / 2])
}
