//! A fixed piece of work in uneven parts: how many times as quick as one after another is it by so many workers?
//!
//! The workers are there before, and take part after part. The serial run is measured again in every round.

use std::time::{Duration, Instant};

use lesson::Result;
use pool::Pool;

use crate::asking::{Asking, Way};
use crate::row::{Kind, Unit};
use crate::rows::agree;
use crate::threads::Threads;
use crate::work::most_steps;

/// Parts for each core: enough that the last ones to be taken are small.
const PARTS_PER_CORE: u64 = 16;
/// Workers beyond this many are not counted one by one.
const ONE_BY_ONE: usize = 8;

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let cores = pool::cores();
    let mut work = Work::new(cores, Duration::from_millis(asking.pick(30, 200)));
    let mut same = work.clone();
    let ways = vec![
        Way::rust(Kind::Processes, "pool", move |workers| {
            let pool = Pool::new(workers as usize)?;
            // The workers have begun: what follows is work alone.
            pool.map_chunked(compute, vec![(1, 1); workers as usize], 1)?;
            work.speed_up(workers, |parts| Ok(pool.map_chunked(compute, parts, 1)?))
        }),
        Way::rust(Kind::Threads, "threads", move |workers| {
            let threads = Threads::new(workers as usize, compute)?;
            threads.map(vec![(1, 1); workers as usize])?;
            same.speed_up(workers, |parts| threads.map(parts))
        }),
        Way::python(Kind::Processes, "pool"),
        Way::python(Kind::Threads, "threads"),
    ];
    asking.compare(Unit::Times, 1.0, &numbers_of_workers(cores), ways)
}

/// From one to two for each core; with many cores not all of them, but 1, the cores and twice the cores always.
fn numbers_of_workers(cores: usize) -> Vec<f64> {
    let step = (2 * cores).div_ceil(2 * ONE_BY_ONE);
    let mut numbers: Vec<usize> = (step..2 * cores).step_by(step).collect();
    numbers.extend([1, cores, 2 * cores]);
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(|workers| workers as f64).collect()
}

fn compute((first, count): (u64, u64)) -> u32 {
    most_steps(first, count)
}

#[derive(Clone)]
struct Work {
    parts: Vec<(u64, u64)>,
    results: Vec<u32>,
    /// How long one after another took this time.
    alone: Duration,
}

impl Work {
    /// Work that takes one worker about `aim`.
    fn new(cores: usize, aim: Duration) -> Self {
        let count = PARTS_PER_CORE * cores as u64;
        let mut part = 1;
        loop {
            let parts: Vec<(u64, u64)> = (0..count).map(|n| (1 + n * part, part)).collect();
            let (results, alone) = serial(&parts);
            if alone >= aim || part > 1 << 30 {
                return Self { parts, results, alone };
            }
            part *= 2;
        }
    }

    /// Measured anew with each round's first number of workers.
    fn speed_up(
        &mut self,
        workers: f64,
        work: impl FnOnce(Vec<(u64, u64)>) -> Result<Vec<u32>>,
    ) -> Result<f64> {
        if workers == 1.0 {
            self.alone = serial(&self.parts).1;
        }
        let start = Instant::now();
        let results = work(self.parts.clone())?;
        let time = start.elapsed();
        agree(&results, &self.results)?;
        Ok(self.alone.as_secs_f64() / time.as_secs_f64())
    }
}

fn serial(parts: &[(u64, u64)]) -> (Vec<u32>, Duration) {
    let start = Instant::now();
    let results = parts.iter().copied().map(compute).collect();
    (results, start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::numbers_of_workers;

    #[test]
    fn one_the_cores_and_twice_the_cores_are_always_there() {
        assert_eq!(numbers_of_workers(1), [1.0, 2.0]);
        assert_eq!(numbers_of_workers(2), [1.0, 2.0, 3.0, 4.0]);
        let many = numbers_of_workers(96);
        assert!(many.len() <= 20 && many.starts_with(&[1.0]) && many.contains(&96.0), "{many:?}");
        assert_eq!(many.last(), Some(&192.0));
    }
}
