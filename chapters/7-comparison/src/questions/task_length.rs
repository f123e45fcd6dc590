//! How many tasks of one length a pool does in a second, and from which length on it is quicker than a loop.
//!
//! Each task is handed over by itself, so what is found is the price of handing over one task. (`map` sends several
//! with one message, and pays for shorter ones.) Where it begins to pay is searched for: the pool and the loop take
//! turns at one length after another, and only clear answers narrow the bracket.

use std::hint::black_box;
use std::time::{Duration, Instant};

use lesson::{Result, text};
use pool::Pool;

use crate::asking::search::{Compared, bracket, compare};
use crate::asking::{Asking, Way};
use crate::measure::Spread;
use crate::record::{BreakEven, Language};
use crate::row::{Kind, Unit};
use crate::threads::Threads;
use crate::verdict::LEAST_FACTOR;

/// How long a task takes, in microseconds.
const LENGTHS: [f64; 5] = [1.0, 10.0, 100.0, 1_000.0, 10_000.0];
/// The share of the time for the throughput; the rest is for the search.
const SHARE: f64 = 0.4;
/// How many searches there are: two languages, two kinds.
const SEARCHES: u32 = 4;
/// Where the search begins: no task is shorter, and nothing is proved by longer ones.
const SHORTEST: f64 = 0.1;
const LONGEST: f64 = 10_000.0;
/// The bracket's ends are so close in the end, as a factor, if noise and time let them: quick, and not.
const PRECISION: [f64; 2] = [2.0, 1.25];
/// Rounds for one answer; if they do not say, as many again.
const ROUNDS: usize = 5;

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let spin = Spin::calibrated();
    let aim = Duration::from_millis(asking.pick(5, 20));
    // For longer than it takes the kernel to see that it has put two workers on one core; of long tasks, so many that
    // the last ones, with which one worker is alone, are few.
    let long = |length: f64| {
        (aim * 5).max(Duration::from_micros(length as u64) * 20 * pool::cores() as u32)
    };
    let rate = |(tasks, time): Took| f64::from(tasks) / time.as_secs_f64();
    let in_processes = |length| pool_once(spin, length, long(length)).map(rate);
    let in_threads = |length| threads_once(spin, length, long(length)).map(rate);
    let ways = vec![
        Way::rust(Kind::Processes, "pool", in_processes),
        Way::rust(Kind::Threads, "pool", in_threads),
        Way::python(Kind::Processes, "pool"),
        Way::python(Kind::Threads, "pool"),
    ];
    let lengths = asking.pick(&LENGTHS[..4], &LENGTHS[..]);
    asking.compare(Unit::PerSecond, SHARE, lengths, ways)?;

    search(asking, Language::Rust, Kind::Processes, |length| {
        let loops = spin.in_a_loop(length, aim);
        Ok((pool_once(spin, length, aim)?, loops))
    })?;
    search(asking, Language::Rust, Kind::Threads, |length| {
        let loops = spin.in_a_loop(length, aim);
        Ok((threads_once(spin, length, aim)?, loops))
    })?;
    let Some(mut python) = asking.python.take() else { return Ok(()) };
    for kind in [Kind::Processes, Kind::Threads] {
        search(asking, Language::Python, kind, |length| {
            // Two rates: of the pool, and of the loop beside it.
            let answer = python.ask(kind, "beside_a_loop", length)?;
            let seconds: Vec<f64> =
                answer.split(' ').filter_map(|seconds| seconds.parse().ok()).collect();
            let &[pool, alone] = &seconds[..] else { return Err(answer.into()) };
            Ok(((1, Duration::from_secs_f64(pool)), (1, Duration::from_secs_f64(alone))))
        })?;
    }
    Ok(())
}

/// So many tasks took so long.
type Took = (u32, Duration);

/// Finds out where it pays; `both` measures the pool and the loop once.
fn search(
    asking: &mut Asking,
    language: Language,
    kind: Kind,
    mut both: impl FnMut(f64) -> Result<(Took, Took)>,
) -> Result {
    let each = |(tasks, time): Took| time.as_secs_f64() / f64::from(tasks);
    let precision = asking.pick(PRECISION[0], PRECISION[1]);
    let (begin, time) = (Instant::now(), asking.budget().mul_f64(1.0 - SHARE) / SEARCHES);
    let mut asked = 0;
    let (pays_not_at, pays_at) = bracket(SHORTEST, LONGEST, precision, |length| {
        asked += 1;
        // No answer moves neither end: when the time is up, the bracket stays as wide as it is.
        if asked > 2 && begin.elapsed() > time {
            return Ok(Compared::Unclear);
        }
        let (mut pool, mut alone) = (Vec::new(), Vec::new());
        // The first round pays for what is there afterwards.
        both(length)?;
        loop {
            for _ in 0..ROUNDS {
                let (in_pool, in_a_loop) = both(length)?;
                pool.push(each(in_pool));
                alone.push(each(in_a_loop));
            }
            let (in_pool, in_a_loop) = (Spread::of(pool.clone()), Spread::of(alone.clone()));
            let compared = compare(&in_pool, &in_a_loop);
            // Who gains less than a tenth by the longest tasks uses no second core: that is noise.
            let gain = in_a_loop.median / in_pool.median;
            if length >= LONGEST && compared == Compared::Pays && gain < LEAST_FACTOR {
                return Ok(Compared::PaysNot);
            }
            if compared != Compared::Unclear || pool.len() >= 2 * ROUNDS {
                return Ok(compared);
            }
        }
    })?;
    let way = "pool".to_owned();
    asking.answers.break_even.push(BreakEven { language, kind, way, pays_not_at, pays_at });
    Ok(())
}

// ANCHOR: task
/// Work that takes as long as it is told to: so many turns of a loop that the compiler cannot shorten.
///
/// Never inlined: pool, threads and loop run the same instructions, or their differences would be the compiler's.
#[inline(never)]
fn spin(turns: u64) -> u64 {
    (0..turns).fold(0, |sum, turn| sum + black_box(turn))
}
// ANCHOR_END: task

/// How quickly this machine spins.
#[derive(Clone, Copy, Debug)]
struct Spin {
    turns_per_microsecond: f64,
}

impl Spin {
    fn calibrated() -> Self {
        const TURNS: u64 = 1_000_000;
        let time = || {
            let start = Instant::now();
            black_box(spin(TURNS));
            start.elapsed().as_secs_f64() * 1e6
        };
        // The quickest: what disturbs a spin makes it slower, never quicker.
        let best = (0..20).map(|_| time()).fold(f64::INFINITY, f64::min);
        Self { turns_per_microsecond: TURNS as f64 / best }
    }

    fn turns(self, length: f64) -> u64 {
        ((length * self.turns_per_microsecond).round() as u64).max(1)
    }

    /// How many tasks of that length take about `aim`: two for each worker at least.
    fn tasks(length: f64, aim: Duration) -> u32 {
        let tasks = aim.as_secs_f64() * 1e6 / length;
        (tasks as u32).clamp(2 * pool::cores() as u32, 100_000)
    }

    fn in_a_loop(self, length: f64, aim: Duration) -> Took {
        let (turns, tasks) = (self.turns(length), Self::tasks(length, aim));
        let start = Instant::now();
        for _ in 0..tasks {
            black_box(spin(black_box(turns)));
        }
        (tasks, start.elapsed())
    }
}

fn pool_once(spins: Spin, length: f64, aim: Duration) -> Result<Took> {
    let pool = Pool::new(pool::cores())?;
    timed(spins, length, aim, |turns| Ok(pool.map_chunked(spin, turns, 1)?))
}

fn threads_once(spins: Spin, length: f64, aim: Duration) -> Result<Took> {
    let threads = Threads::new(pool::cores(), spin)?;
    timed(spins, length, aim, |turns| threads.map(turns))
}

/// Has workers that have begun do the tasks.
fn timed(
    spins: Spin,
    length: f64,
    aim: Duration,
    work: impl Fn(Vec<u64>) -> Result<Vec<u64>>,
) -> Result<Took> {
    let (turns, tasks) = (spins.turns(length), Spin::tasks(length, aim));
    work(vec![1; 2 * pool::cores()])?;
    let start = Instant::now();
    let results = work(vec![turns; tasks as usize])?;
    let time = start.elapsed();
    if results != vec![spin(turns); tasks as usize] {
        return Err(text!("a task gave a wrong result", "タスクの結果が違います").into());
    }
    Ok((tasks, time))
}
