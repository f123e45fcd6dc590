//! A global lock over threads, beside free threads and processes.
//!
//! Python's interpreter has a global lock (the GIL). A thread holds it while it computes, and gives it away
//! every few milliseconds and while it waits for input. So Python's threads take turns. [`Gil`] is a model of
//! that: the same threads as everywhere in Rust, and one lock that makes them take turns.

use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use process::Process;

/// How many workers share the work in every race of this module.
pub const WORKERS: u64 = 2;

/// Rounds of work for each worker: enough for about a twentieth of a second.
pub const ROUNDS: u64 = 50_000_000;

/// How many rounds a thread computes before it gives the lock away: some milliseconds, as Python's
/// `sys.getswitchinterval()`.
const SLICE: u64 = 2_500_000;

/// How often each way is measured; the quickest counts.
const ATTEMPTS: usize = 3;

/// How long [`clear_race`] goes on before its figures are taken as they are.
const PATIENCE: Duration = Duration::from_millis(2500);

/// From this speed-up on, more than one core was at work: the rest is allowance for measuring.
pub const FASTER: f64 = 1.2;

/// One lock that every thread needs to compute.
#[derive(Debug, Default)]
pub struct Gil {
    lock: Mutex<()>,
}

impl Gil {
    /// A lock that nobody holds.
    pub fn new() -> Self {
        Self::default()
    }

    // ANCHOR: interpret
    /// Does `work` with the lock held. Blocks while others hold it.
    pub fn hold<R>(&self, work: impl FnOnce() -> R) -> R {
        // The lock guards no data that a panic could have left half changed.
        let _held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        work()
    }

    /// Computes `rounds` rounds, slice by slice, each with the lock held. Blocks while others hold it.
    ///
    /// Unlike Python's, this lock does not see to it that the turns are fair; together the threads take
    /// just as long.
    pub fn interpret(&self, rounds: u64) -> u64 {
        let mut left = rounds;
        let mut number = 1;
        while left > 0 {
            let slice = left.min(SLICE);
            number = self.hold(|| compute(number, slice));
            left -= slice;
        }
        number
    }
    // ANCHOR_END: interpret
}

/// Takes `rounds` steps of a small random-number generator from `number` on.
///
/// The compiler must believe that [`black_box`] could change the number in each round, so it can neither work
/// the loop out in advance nor leave it out.
fn compute(mut number: u64, rounds: u64) -> u64 {
    for _ in 0..rounds {
        number = black_box(number).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    }
    number
}

/// How long the same work took: [`WORKERS`] times [`ROUNDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Race {
    /// On one thread, one piece of work after the other.
    pub in_turn: Duration,
    /// On threads that need one lock.
    pub one_lock: Duration,
    /// On threads.
    pub threads: Duration,
    /// In processes, with their start.
    pub processes: Duration,
}

impl Race {
    /// How many times as fast as one after the other a way was.
    pub fn speed_up(&self, way: Duration) -> f64 {
        self.in_turn.as_secs_f64() / way.as_secs_f64()
    }

    /// Whether one lock kept threads from being faster, and without it both threads and processes were.
    pub fn is_clear(&self) -> bool {
        let faster = |way| self.speed_up(way) > FASTER;
        !faster(self.one_lock) && faster(self.threads) && faster(self.processes)
    }
}

/// Like [`race`], for some seconds at most until the figures are clear: other programs may keep the cores
/// busy for a moment. On one core they never are clear, and one race is enough.
///
/// # Errors
///
/// As [`race`].
pub fn clear_race() -> lesson::Result<Race> {
    let start = Instant::now();
    loop {
        let race = race()?;
        if race.is_clear() || pool::cores() == 1 || start.elapsed() > PATIENCE {
            return Ok(race);
        }
    }
}

/// Does the same work in four ways. Blocks for about a second on two cores.
///
/// # Errors
///
/// What [`Process::spawn`] and [`Process::join`] say; the system does not start another thread (`EAGAIN`).
pub fn race() -> lesson::Result<Race> {
    // Processes first: a fork waits until the last thread has left the kernel's list.
    Ok(Race {
        processes: quickest(processes)?,
        in_turn: quickest(|| {
            (0..WORKERS).for_each(|_| worker(ROUNDS));
            Ok(())
        })?,
        one_lock: quickest(|| {
            let gil = Gil::new();
            on_threads(|| gil.interpret(ROUNDS))
        })?,
        threads: quickest(|| on_threads(|| compute(1, ROUNDS)))?,
    })
}

fn worker(rounds: u64) {
    black_box(compute(1, rounds));
}

fn processes() -> lesson::Result {
    let mut children = Vec::new();
    for _ in 0..WORKERS {
        children.push(Process::spawn(worker, (ROUNDS,))?);
    }
    children.into_iter().try_for_each(|child| Ok(child.join()?))
}

fn on_threads(work: impl Fn() -> u64 + Sync) -> lesson::Result {
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            thread::Builder::new().spawn_scoped(scope, || _ = black_box(work()))?;
        }
        Ok(())
    })
}

fn quickest(work: impl Fn() -> lesson::Result) -> lesson::Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..ATTEMPTS {
        let start = Instant::now();
        work()?;
        best = best.min(start.elapsed());
    }
    Ok(best)
}
