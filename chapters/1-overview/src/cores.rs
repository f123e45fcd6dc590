//! The second claim: several processes use several cores at once.

use std::hint::black_box;
use std::time::{Duration, Instant};

use process::Process;

use crate::usage::{Usage, process_time};
use crate::work::compute;

// ANCHOR: worker
fn worker(rounds: u64) -> Result<Duration, i32> {
    black_box(compute(rounds));
    process_time().map_err(|error| error as i32)
}
// ANCHOR_END: worker

/// Has two processes compute at the same time. Blocks until both have ended.
///
/// If two cores are there for them, their CPU time is nearly twice the time that passes.
///
/// # Errors
///
/// What [`Process::spawn`] and [`Process::join`] say.
// ANCHOR: two
pub fn two_processes(rounds: u64) -> lesson::Result<Usage> {
    let start = Instant::now();
    let children = [Process::spawn(worker, (rounds,))?, Process::spawn(worker, (rounds,))?];
    let mut cpu = Duration::ZERO;
    for child in children {
        cpu += child.join()?.map_err(nix::Error::from_raw)?;
    }
    Ok(Usage { cpu, wall: start.elapsed() })
}
// ANCHOR_END: two
