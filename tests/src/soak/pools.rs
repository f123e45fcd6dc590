//! Rounds of pools: tasks that return, panic, exit, abort, are killed from outside, or are given up.

use std::process::{abort, exit};
use std::thread::sleep;
use std::time::Duration;

use lesson::{Language, set_language};
use nix::sys::signal::{Signal, kill};
use pool::{Builder, Pool, PoolError, TaskError};
use process::{End, StartMethod};

use super::{Count, Random, Tally};

/// What a task does, by its number.
fn fate(number: u64) -> &'static str {
    match number % 40 {
        7 => "panics",
        17 => "exits",
        27 => "aborts",
        37 => "answers at length",
        _ => "returns",
    }
}

fn task(number: u64) -> Vec<u8> {
    match fate(number) {
        "panics" => panic!("{number} panics on purpose"),
        "exits" => exit(3),
        "aborts" => abort(),
        "answers at length" => vec![number as u8; 400_000],
        _ => number.to_le_bytes().to_vec(),
    }
}

/// Whether that may become of a task.
fn is_right(number: u64, result: &Result<Vec<u8>, TaskError>, by_others: bool) -> bool {
    match (fate(number), result) {
        // A pool whose workers were killed may have lost any task.
        (_, Err(TaskError::WorkerDied { end: End::Signaled(9), .. })) => by_others,
        ("panics", Err(TaskError::Panicked { message, .. })) => {
            *message == format!("{number} panics on purpose")
        }
        ("exits", Err(TaskError::WorkerDied { end, .. })) => *end == End::Exited(3),
        ("aborts", Err(TaskError::WorkerDied { end, .. })) => *end == End::Signaled(6),
        ("answers at length", Ok(bytes)) => *bytes == vec![number as u8; 400_000],
        ("returns", Ok(bytes)) => *bytes == number.to_le_bytes(),
        _ => false,
    }
}

fn sleep_long(_: u64) {
    sleep(Duration::from_secs(3_600));
}

/// A pool within a task: what goes wrong inside comes out as the task's value.
fn nested(number: u64) -> String {
    set_language(Language::English);
    let inner = Pool::new(1).expect("a pool");
    inner
        .map(task, [number])
        .map_or_else(|error| error.to_string(), |results| format!("{results:?}"))
}

fn quiet() {
    // Panics on purpose need not be told on standard error.
    std::panic::set_hook(Box::new(|_| {}));
}

fn fails() {
    quiet();
    panic!("the initializer fails on purpose");
}

pub(super) fn round(random: &mut Random, tally: &Tally) {
    let start = if random.once_in(6) { StartMethod::Exec } else { StartMethod::Fork };
    let workers = 1 + random.below(4) as usize;
    let mut builder = Builder::new().workers(workers).start(start).initializer(quiet, ());
    if random.once_in(3) {
        builder = builder.max_tasks_per_child(1 + random.below(20) as usize);
    }
    tally.add(Count::Processes, workers);
    if random.once_in(10) {
        let failed = builder.initializer(fails, ()).build();
        assert!(matches!(failed, Err(PoolError::Initializer { .. })), "{failed:?}");
        return;
    }
    let pool = builder.build().expect("a pool");
    match random.below(4) {
        0 => map(&pool, random, tally),
        1 => iterate(&pool, random, tally),
        2 => submit(&pool, random, tally),
        _ => nest(&pool, random, tally),
    }
    if random.once_in(2) {
        // Not even with results pending does leaving it take long.
        let pending = pool.submit(sleep_long, 0);
        drop(pool);
        assert_eq!(pending.wait(), Err(TaskError::PoolClosed));
    }
}

fn map(pool: &Pool, random: &mut Random, tally: &Tally) {
    let (first, count) = (random.below(1_000), random.below(200));
    let numbers = first..first + count;
    let results = pool.try_map(task, numbers.clone());
    assert_eq!(results.len() as u64, count);
    for (number, result) in numbers.zip(&results) {
        assert!(is_right(number, result, false), "{number}: {result:?}");
        tally.add(Count::Panics, usize::from(matches!(result, Err(TaskError::Panicked { .. }))));
    }
    tally.add(Count::Tasks, results.len());
}

/// Takes some results, while workers are killed, and leaves the rest.
fn iterate(pool: &Pool, random: &mut Random, tally: &Tally) {
    let (first, most) = (random.below(1_000), random.below(150) as usize);
    for (number, result) in (first..).zip(pool.imap(task, first..)).take(most) {
        assert!(is_right(number, &result, true), "{number}: {result:?}");
        tally.add(Count::Tasks, 1);
        if random.once_in(20) {
            for pid in pool.pids() {
                // They are this process's own, not reaped between this and the last step.
                if random.once_in(3) && kill(pid, Signal::SIGKILL).is_ok() {
                    tally.add(Count::Kills, 1);
                }
            }
        }
    }
}

fn submit(pool: &Pool, random: &mut Random, tally: &Tally) {
    let tasks: Vec<_> =
        (0..random.below(20)).map(|number| (number, pool.submit(task, number))).collect();
    let endless = pool.submit(sleep_long, 0);
    let endless = endless.wait_timeout(Duration::from_micros(random.below(3_000)));
    assert!(endless.is_err(), "it ended");
    for (number, handle) in tasks {
        // One worker may be asleep for an hour.
        if let Ok(result) = handle.wait_timeout(Duration::from_millis(random.below(30))) {
            assert!(is_right(number, &result, false), "{number}: {result:?}");
        }
        tally.add(Count::Tasks, 1);
    }
}

fn nest(pool: &Pool, random: &mut Random, tally: &Tally) {
    let numbers: Vec<u64> = (0..random.below(8)).map(|_| random.below(40)).collect();
    tally.add(Count::Tasks, 2 * numbers.len());
    tally.add(Count::Processes, numbers.len());
    for (number, result) in numbers.iter().zip(pool.try_map(nested, numbers.clone())) {
        let told = result.expect("the inner pool's error is the task's value");
        let told_of = match fate(*number) {
            "panics" => "on purpose",
            "exits" => "code 3",
            "aborts" => "SIGABRT",
            _ => "[",
        };
        assert!(told.contains(told_of), "{number}: {told}");
    }
}
