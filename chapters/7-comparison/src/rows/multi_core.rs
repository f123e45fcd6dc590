//! A fixed piece of work in uneven parts: how many times as quick as one part after another is it on all cores?
//!
//! The workers of both pools are there before, and take part after part, so that none idles while others have
//! much left. Each round measures one after another, too: a clock that changes its speed changes both.

use std::time::{Duration, Instant};

use lesson::Result;
use pool::Pool;

use crate::measure::interleaved;
use crate::row::{Kind, Measured, Sizes, Unit, Way};
use crate::rows::agree;
use crate::threads::Threads;
use crate::work::most_steps;

/// Parts for each core: enough that the last ones to be taken are small.
const PARTS_PER_CORE: u64 = 16;

/// Measures a worker for each core. See [`Row::measure`](crate::Row::measure).
///
/// # Errors
///
/// As there.
pub fn measure(sizes: &Sizes, rounds: usize) -> Result<Measured> {
    let cores = pool::cores();
    let parts = PARTS_PER_CORE * cores as u64;
    let part = (sizes.numbers * cores as u64 / parts).max(1);
    let parts: Vec<(u64, u64)> = (0..parts).map(|n| (1 + n * part, part)).collect();
    let one_after_another = || parts.iter().copied().map(compute).collect();

    let expected: Vec<u32> = one_after_another();
    let alone = std::cell::Cell::new(Duration::ZERO);
    let timed = |work: &dyn Fn() -> Result<Vec<u32>>| {
        let start = Instant::now();
        let results = work()?;
        let time = start.elapsed();
        agree(&results, &expected).map(|()| time)
    };
    let speed_up = |time: Duration| alone.get().as_secs_f64() / time.as_secs_f64();

    // Processes before threads, which are joined before the processes end.
    let processes = Pool::new(cores)?;
    let threads = Threads::new(cores, compute)?;
    let [_, processes, threads] = interleaved(
        rounds,
        [
            &mut || {
                alone.set(timed(&|| Ok(one_after_another()))?);
                Ok(1.0)
            },
            &mut || {
                let items = || parts.iter().copied();
                timed(&|| Ok(processes.map_chunked(compute, items(), 1)?)).map(speed_up)
            },
            &mut || timed(&|| threads.map(parts.iter().copied())).map(speed_up),
        ],
    )?;
    let ways = vec![
        Way { kind: Kind::Processes, name: "process_pool".into(), spread: processes },
        Way { kind: Kind::Threads, name: "thread_pool".into(), spread: threads },
    ];
    Ok(Measured::new(Unit::Times, ways))
}

fn compute((first, count): (u64, u64)) -> u32 {
    most_steps(first, count)
}
