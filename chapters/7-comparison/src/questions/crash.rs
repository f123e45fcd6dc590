//! What is left of eight other tasks when one worker crashes in the middle of its own.
//!
//! What may take the whole program along runs in a process of its own. Python's are whole runs of a script.

use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use lesson::{Result, text};
use pool::Pool;
use process::{JoinError, Process, Target};

use crate::asking::{Asking, python};
use crate::record::{Language, Outcome, Survival};
use crate::row::Kind;
use crate::threads::Threads;

/// How many tasks there are besides the one that crashes.
const OTHERS: u32 = 8;
/// Which one crashes.
const CRASHES: u32 = 2;
/// How long the others take: when one crashes, some are being done, and some are not begun.
const TASK: Duration = Duration::from_millis(20);
/// A program that has not told its results by then never will: the tasks take next to none.
const PATIENCE: Duration = Duration::from_secs(4);

/// Python's ways: by threads or processes, and how one of them crashes.
const PYTHON: [(Kind, &str); 5] = [
    (Kind::Processes, "pool_abort"),
    (Kind::Processes, "pool_exception"),
    (Kind::Processes, "executor_abort"),
    (Kind::Threads, "threads_exception"),
    (Kind::Threads, "threads_abort"),
];

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let rust = [
        (Kind::Processes, "pool_abort", in_pool("pool_abort", abort)),
        (Kind::Processes, "pool_panic", in_pool("pool_panic", panic)),
        (Kind::Threads, "threads_panic", on_threads("threads_panic", threads_panic)),
        (Kind::Threads, "threads_abort", on_threads("threads_abort", threads_abort)),
    ];
    for (kind, way, survival) in rust {
        asking.note_survival(Language::Rust, kind, way, survival);
    }
    if asking.python.is_some() {
        for (kind, way) in PYTHON {
            asking.note_survival(Language::Python, kind, way, in_python(kind, way));
        }
    }
    Ok(())
}

// ANCHOR: crashes
fn abort(task: u32) -> u32 {
    if task == CRASHES {
        std::process::abort();
    }
    thread::sleep(TASK);
    task
}

fn panic(task: u32) -> u32 {
    if task == CRASHES {
        // As a panic, but without its message on standard error.
        resume_unwind(Box::new("this task panics"));
    }
    thread::sleep(TASK);
    task
}
// ANCHOR_END: crashes

fn in_pool(way: &str, task: impl Fn(u32) -> u32 + Copy + 'static) -> Result<Survival> {
    let pool = Pool::new(pool::cores().max(2))?;
    let results = pool.try_map(task, 0..=OTHERS);
    let arrived = results.iter().filter(|result| result.is_ok()).count() as u32;
    let told = results.into_iter().find_map(|result| result.err()).map(|error| error.to_string());
    let again = pool.map(task, [0, 1]).is_ok_and(|results| results == [0, 1]);
    let outcome = outcome(arrived, again);
    let (language, kind, way) = (Language::Rust, Kind::Processes, way.to_owned());
    Ok(Survival { language, kind, way, others: OTHERS, arrived, outcome, told })
}

fn outcome(arrived: u32, again: bool) -> Outcome {
    if arrived == OTHERS && again { Outcome::GoesOn } else { Outcome::Broken }
}

/// Threads in a process of their own, which one of them may take along.
fn on_threads(way: &str, threads: impl Target<(), Output = Seen>) -> Result<Survival> {
    let (arrived, outcome, told) = match Process::spawn(threads, ())?.join() {
        Ok((arrived, again, told)) => (arrived, outcome(arrived, again), told),
        Err(error @ JoinError::Ended { .. }) => (0, Outcome::AllDie, Some(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    let (language, kind, way) = (Language::Rust, Kind::Threads, way.to_owned());
    Ok(Survival { language, kind, way, others: OTHERS, arrived, outcome, told })
}

type Seen = (u32, bool, Option<String>);

fn threads_abort() -> Seen {
    threads(abort)
}

fn threads_panic() -> Seen {
    threads(panic)
}

/// A thread for each task: how many results came, whether new tasks are done, what was told.
fn threads(task: fn(u32) -> u32) -> Seen {
    let started: Vec<_> = (0..=OTHERS).map(|n| thread::spawn(move || task(n))).collect();
    let (mut arrived, mut told) = (0, None);
    for thread in started {
        match thread.join() {
            Ok(_) => arrived += 1,
            Err(payload) => told = Some(process::panic_message(payload.as_ref()).to_owned()),
        }
    }
    let again = Threads::new(2, task).and_then(|threads| threads.map([0, 1]));
    (arrived, again.is_ok(), told)
}

fn in_python(kind: Kind, way: &str) -> Result<Survival> {
    let missing = || text!("crash.py is missing", "crash.pyがありません");
    let mut command = python::command("crash").ok_or_else(missing)?;
    command.args(["--way", way, "--others", &OTHERS.to_string()]);
    command.args(["--crashes", &CRASHES.to_string()]);
    command.args(["--seconds", &TASK.as_secs_f64().to_string()]);
    let (written, status) = python::run_alone(&mut command, PATIENCE)?;
    // What it says while it can: `arrived N`, `told MESSAGE`, `again`.
    let said = |word: &str| written.lines().find_map(|line| line.strip_prefix(word));
    let arrived = said("arrived ").and_then(|count| count.parse().ok()).unwrap_or(0);
    let told = said("told ").map(str::to_owned);
    let outcome = match status {
        None => Outcome::Hangs,
        Some(status) if status.success() => outcome(arrived, said("again").is_some()),
        Some(_) if written.is_empty() => Outcome::AllDie,
        Some(status) => return Err(format!("crash.py {way}: {status}").into()),
    };
    let (language, way) = (Language::Python, way.to_owned());
    Ok(Survival { language, kind, way, others: OTHERS, arrived, outcome, told })
}
