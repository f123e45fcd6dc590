//! Many tasks that do almost nothing, for workers that are there already: microseconds for each.
//!
//! Each task is handed over by itself, and its result as well, so what is measured is the way there and back:
//! through the kernel to another process, or through memory to another thread.

use std::time::Instant;

use lesson::Result;
use pool::Pool;

use crate::measure::interleaved;
use crate::row::{Kind, Measured, Sizes, Unit, Way};
use crate::rows::agree;
use crate::threads::Threads;

/// Measures a worker for each core. See [`Row::measure`](crate::Row::measure).
///
/// # Errors
///
/// As there.
pub fn measure(sizes: &Sizes, rounds: usize) -> Result<Measured> {
    let (cores, tasks) = (pool::cores(), sizes.tasks);
    let expected: Vec<u32> = (0..tasks).map(next).collect();
    let timed = |work: &dyn Fn() -> Result<Vec<u32>>| {
        let start = Instant::now();
        let results = work()?;
        let time = Unit::Microseconds.of(start.elapsed()) / f64::from(tasks);
        agree(&results, &expected).map(|()| time)
    };
    // ANCHOR: both
    // Processes before threads, which are joined before the processes end.
    let processes = Pool::new(cores)?;
    let threads = Threads::new(cores, next)?;
    let [processes, threads] = interleaved(
        rounds,
        [&mut || timed(&|| Ok(processes.map_chunked(next, 0..tasks, 1)?)), &mut || {
            timed(&|| threads.map(0..tasks))
        }],
    )?;
    // ANCHOR_END: both
    let ways = vec![
        Way { kind: Kind::Processes, name: "process_pool".into(), spread: processes },
        Way { kind: Kind::Threads, name: "thread_pool".into(), spread: threads },
    ];
    Ok(Measured::new(Unit::Microseconds, ways))
}

fn next(number: u32) -> u32 {
    number + 1
}
