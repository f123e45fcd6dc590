//! The same computation on every core at once: seconds from the first start to the last join.

use std::thread;
use std::time::Instant;

use lesson::Result;
use process::Process;

use crate::measure::{interleaved, settle};
use crate::row::{Kind, Measured, Sizes, Unit, Way};
use crate::rows::{agree, panicked};
use crate::work::most_steps;

/// Measures processes and threads, one for each core. See [`Row::measure`](crate::Row::measure).
///
/// # Errors
///
/// As there.
pub fn measure(sizes: &Sizes, rounds: usize) -> Result<Measured> {
    let (cores, numbers) = (pool::cores(), sizes.numbers);
    let expected = vec![most_steps(1, numbers); cores];
    let timed = |compute: &dyn Fn() -> Result<Vec<u32>>| {
        settle();
        let start = Instant::now();
        let results = compute()?;
        let time = Unit::Seconds.of(start.elapsed());
        agree(&results, &expected).map(|()| time)
    };
    let [processes, threads] = interleaved(
        rounds,
        [&mut || timed(&|| by_processes(cores, numbers)), &mut || {
            timed(&|| by_threads(cores, numbers))
        }],
    )?;
    let ways = vec![
        Way { kind: Kind::Processes, name: "process_for_each_core".into(), spread: processes },
        Way { kind: Kind::Threads, name: "thread_for_each_core".into(), spread: threads },
    ];
    Ok(Measured::new(Unit::Seconds, ways))
}

// ANCHOR: both
fn by_processes(cores: usize, numbers: u64) -> Result<Vec<u32>> {
    let started: Vec<_> = (0..cores)
        .map(|_| Process::spawn(most_steps, (1, numbers)))
        .collect::<std::result::Result<_, _>>()?;
    started.into_iter().map(|process| Ok(process.join()?)).collect()
}

fn by_threads(cores: usize, numbers: u64) -> Result<Vec<u32>> {
    let started: Vec<_> = (0..cores)
        .map(|_| thread::Builder::new().spawn(move || most_steps(1, numbers)))
        .collect::<std::result::Result<_, _>>()?;
    started.into_iter().map(|thread| Ok(thread.join().map_err(panicked)?)).collect()
}
// ANCHOR_END: both
