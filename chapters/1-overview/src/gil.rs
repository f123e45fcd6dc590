//! The third claim: no global lock holds processes up. In Rust none holds threads up either.
//!
//! Python's interpreter has a global lock (GIL), which a thread must hold to compute; that is why Python's
//! advice is to compute in processes. Compiled code has no interpreter that would need one.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use crate::usage::{Usage, thread_time};
use crate::work::compute;

/// Has two threads of this process compute at the same time. Blocks until both have ended.
///
/// # Errors
///
/// The system does not start another thread (`EAGAIN`), or has no clock for its CPU time.
// ANCHOR: two
pub fn two_threads(rounds: u64) -> lesson::Result<Usage> {
    let work = move || {
        black_box(compute(rounds));
        thread_time()
    };
    let start = Instant::now();
    let cpu = thread::scope(|scope| -> lesson::Result<Duration> {
        let threads = [
            thread::Builder::new().spawn_scoped(scope, work)?,
            thread::Builder::new().spawn_scoped(scope, work)?,
        ];
        let mut cpu = Duration::ZERO;
        for thread in threads {
            cpu += thread.join().map_err(|_| "a computing thread panicked")??;
        }
        Ok(cpu)
    })?;
    Ok(Usage { cpu, wall: start.elapsed() })
}
// ANCHOR_END: two
