//! What a pool's builder promises: initializers, replacement after so many tasks, retries, both start methods; and how
//! a pool ends.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{ExitCode, id};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, raise};
use pool::{Builder, Pool, PoolError, TaskError};
use process::{End, StartMethod};
use testing::children_left;

/// A file that does not exist yet, and does not after the test.
struct Mark(PathBuf);

impl Mark {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("pool-{}-{name}", id())))
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

static PREPARED: AtomicU64 = AtomicU64::new(0);

fn prepare(with: u64) {
    PREPARED.store(with, Ordering::Relaxed);
}

fn prepared(_: u32) -> (u32, u64) {
    (id(), PREPARED.load(Ordering::Relaxed))
}

fn every_worker_is_initialised_before_its_first_task() {
    let pool = Builder::new().workers(3).initializer(prepare, (42,)).build().unwrap();
    let results = pool.map_chunked(prepared, 0..30, 1).unwrap();
    assert!(results.iter().all(|&(_, with)| with == 42), "{results:?}");
    assert_eq!(PREPARED.load(Ordering::Relaxed), 0, "the parent has its own memory");
}

fn a_replacement_is_initialised_too() {
    let pool = Builder::new().workers(1).initializer(prepare, (7,)).build().unwrap();
    let first = pool.map(prepared, [0]).unwrap()[0];
    nix::sys::signal::kill(pool.pids()[0], Signal::SIGKILL).unwrap();
    let second = pool.map(prepared, [0]).unwrap()[0];
    assert_ne!(first.0, second.0);
    assert_eq!((first.1, second.1), (7, 7));
}

fn an_initializer_that_fails_is_an_error_of_the_pool() {
    let panics = |text: String| -> () { panic!("no {text} here") };
    match Builder::new().workers(2).initializer(panics, ("luck".to_owned(),)).build() {
        Err(PoolError::Initializer { reason, .. }) => assert_eq!(reason, "no luck here"),
        other => panic!("{other:?}"),
    }
    assert_eq!(children_left(), None);
    let exits = || -> () { std::process::exit(3) };
    match Builder::new().workers(2).initializer(exits, ()).build() {
        Err(PoolError::Initializer { reason, .. }) => assert!(reason.contains('3'), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(children_left(), None);
}

fn an_initializer_that_fails_later_ends_the_work_and_not_the_program() {
    let mark = Mark::new("initializer");
    let only_once = |mark: PathBuf| File::create_new(mark).map(drop).expect("only once");
    let pool = Builder::new().workers(1).initializer(only_once, (mark.0.clone(),)).build().unwrap();
    nix::sys::signal::kill(pool.pids()[0], Signal::SIGKILL).unwrap();
    match pool.map(prepared, 0..3) {
        Err(TaskError::NoWorkers { reason }) => assert!(reason.contains("only once"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

fn a_worker_is_replaced_after_its_tasks() {
    for chunk in [1, 4, 100] {
        let pool = Builder::new().workers(2).max_tasks_per_child(5).build().unwrap();
        let mut done = BTreeMap::new();
        for (pid, _) in pool.map_chunked(prepared, 0..40, chunk).unwrap() {
            *done.entry(pid).or_insert(0) += 1;
        }
        assert!(done.values().all(|&tasks| tasks <= 5) && done.len() >= 8, "{done:?}");
    }
}

fn dies_at_first((mark, n): (PathBuf, u32)) -> u32 {
    if n == 3 && File::create_new(mark).is_ok() {
        raise(Signal::SIGKILL).unwrap();
    }
    n
}

fn a_task_is_tried_again_as_often_as_was_asked() {
    let mark = Mark::new("retry");
    let items = || (0..6).map(|n| (mark.0.clone(), n));
    let pool = Builder::new().workers(2).retries(1).build().unwrap();
    assert_eq!(pool.map_chunked(dies_at_first, items(), 4).unwrap(), [0, 1, 2, 3, 4, 5]);
    assert!(mark.0.exists(), "the first try came this far");

    let always = |n: u32| if n == 1 { std::process::abort() } else { n };
    let results = pool.try_map(always, 0..4);
    match &results[1] {
        Err(TaskError::WorkerDied { item: 1, end, .. }) => {
            assert_eq!(*end, End::Signaled(Signal::SIGABRT as i32));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(results.iter().flatten().copied().collect::<Vec<_>>(), [0, 2, 3]);
}

fn triple(n: u64) -> u64 {
    n * 3
}

fn workers_may_be_re_executed() {
    let pool = Builder::new()
        .workers(2)
        .start(StartMethod::Exec)
        .initializer(prepare, (5,))
        .build()
        .unwrap();
    assert_eq!(pool.map(triple, 0..100).unwrap(), (0..100).map(triple).collect::<Vec<_>>());
    assert!(pool.map(prepared, 0..10).unwrap().iter().all(|&(_, with)| with == 5));
    let dies = |n: u64| if n == 2 { std::process::abort() } else { n };
    let results = pool.try_map(dies, 0..5);
    assert!(matches!(results[2], Err(TaskError::WorkerDied { item: 2, .. })), "{results:?}");
    assert_eq!(results.iter().flatten().count(), 4);
}

/// Also from a process with threads, where a fork is refused.
fn re_executed_workers_do_not_mind_threads() {
    std::thread::scope(|scope| {
        let (end, wait) = crossbeam_channel::bounded::<()>(0);
        scope.spawn(move || wait.recv());
        assert!(matches!(Pool::new(1), Err(PoolError::Spawn { .. })));
        let pool = Builder::new().workers(2).start(StartMethod::Exec).build().unwrap();
        assert_eq!(pool.map(triple, [1, 2]).unwrap(), [3, 6]);
        drop(end);
    });
}

fn join_finishes_what_was_handed_in() {
    let pool = Pool::new(2).unwrap();
    let tasks: Vec<_> = (0..20).map(|n| pool.submit(triple, n)).collect();
    pool.join();
    assert_eq!(children_left(), None);
    let results: Vec<u64> = tasks.into_iter().map(|task| task.wait().unwrap()).collect();
    assert_eq!(results, (0..20).map(triple).collect::<Vec<_>>());
}

fn terminate_ends_what_runs() {
    let endless = |_: ()| {
        loop {
            sleep(Duration::from_secs(1));
        }
    };
    let pool = Pool::new(2).unwrap();
    let task = pool.submit::<(), _, ()>(endless, ());
    let begin = Instant::now();
    pool.terminate();
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(children_left(), None);
    assert_eq!(task.wait(), Err(TaskError::PoolClosed));
}

/// The long task waits for what the last short one does: if any short one waited behind it, it would wait in vain.
fn nothing_waits_behind_a_long_task_while_a_worker_is_idle() {
    let mark = Mark::new("behind");
    let task = |(mark, kind): (PathBuf, u8)| match kind {
        0 => true,
        1 => File::create(mark).is_ok(),
        _ => {
            let end = Instant::now() + Duration::from_secs(20);
            while !mark.exists() && Instant::now() < end {
                sleep(Duration::from_millis(1));
            }
            mark.exists()
        }
    };
    for round in 0..5 {
        let _ = fs::remove_file(&mark.0);
        let pool = Pool::new(2).unwrap();
        let kinds = [0; 200].into_iter().chain([2]).chain([0; 100]).chain([1]);
        let items = kinds.map(|kind| (mark.0.clone(), kind));
        let results = pool.map_chunked(task, items, 1).unwrap();
        assert!(results.iter().all(|&done| done), "round {round}");
    }
}

fn main() -> ExitCode {
    pool::register_worker();
    testing::tests![
        every_worker_is_initialised_before_its_first_task,
        a_replacement_is_initialised_too,
        an_initializer_that_fails_is_an_error_of_the_pool,
        an_initializer_that_fails_later_ends_the_work_and_not_the_program,
        a_worker_is_replaced_after_its_tasks,
        a_task_is_tried_again_as_often_as_was_asked,
        workers_may_be_re_executed,
        re_executed_workers_do_not_mind_threads,
        join_finishes_what_was_handed_in,
        terminate_ends_what_runs,
        nothing_waits_behind_a_long_task_while_a_worker_is_idle,
    ]
}
