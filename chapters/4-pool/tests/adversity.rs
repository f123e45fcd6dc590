//! What a pool promises when its user's code or its workers do what one would rather not think of.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::process::{ExitCode, abort, id};
use std::thread::{sleep, yield_now};
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{alarm, pause};
use pool::{Builder, Pool, TaskError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;
use testing::descriptors;

fn square(n: u64) -> u64 {
    n * n
}

fn endless(_: ()) {
    loop {
        pause();
    }
}

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

/// What hangs for ever ends the tests soon.
fn promptly<R>(body: impl FnOnce() -> R) -> R {
    let before = alarm::set(60);
    let result = body();
    before.map_or_else(alarm::cancel, alarm::set);
    result
}

/// Nothing is kept of what was given out or lost.
fn holds_nothing(pool: &Pool) {
    let inside = format!("{pool:?}");
    for part in ["waiting: []", "open: {}"] {
        assert!(inside.contains(part), "{part} expected: {inside}");
    }
}

fn without_descriptors<R>(body: impl FnOnce() -> R) -> R {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let open = descriptors();
    let highest = *open.last().unwrap() as u64;
    let gaps = highest + 1 - open.len() as u64;
    let _fill: Vec<_> = (0..gaps).map(|_| File::open("/dev/null").unwrap()).collect();
    setrlimit(Resource::RLIMIT_NOFILE, highest + 1, hard).unwrap();
    let result = body();
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    result
}

/// The second item cannot be sent, which is known only when the first is done; the other worker never reports.
fn an_item_that_cannot_be_sent_is_told_while_another_task_goes_on() {
    let pool = Pool::new(2).unwrap();
    let _endless = pool.submit(endless, ());
    let length = |bytes: ByteBuf| bytes.len();
    let items = || [1, 1 << 20].map(|size| ByteBuf::from(vec![7; size]));
    let results = without_descriptors(|| promptly(|| pool.map_chunked(length, items(), 1)));
    assert!(matches!(results, Err(TaskError::NotCoded { item: 1, .. })), "{results:?}");
    let tasks = without_descriptors(|| {
        let tasks = items().map(|item| pool.submit(length, item));
        promptly(|| tasks.map(pool::Task::wait))
    });
    assert!(tasks[0].is_ok() && tasks[1].is_err(), "{tasks:?}");
}

/// It came while something else was waited for; what still runs has nothing to do with it.
fn a_result_that_has_come_is_not_waited_for() {
    let pool = Pool::new(2).unwrap();
    let task = pool.submit(square, 3);
    let second = pool.submit(square, 4);
    let _endless = pool.submit(endless, ());
    assert_eq!(pool.map(square, 0..50).unwrap().len(), 50);
    promptly(|| {
        assert_eq!(task.wait().unwrap(), 9);
        assert_eq!(second.wait().unwrap(), 16);
    });
}

/// Of any size; it refuses to be decoded in the parent if its last byte says so.
#[derive(Debug, PartialEq)]
struct Sensitive(Vec<u8>);

const PANIC: u8 = 255;

impl Serialize for Sensitive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_bytes::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Sensitive {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: Vec<u8> = serde_bytes::deserialize(deserializer)?;
        if bytes.last() == Some(&PANIC) {
            resume_unwind(Box::new("decoding panics"));
        }
        Ok(Self(bytes))
    }
}

fn sensitive((size, byte): (usize, u8)) -> Sensitive {
    Sensitive(vec![byte; size])
}

/// A panic of the program's own code goes to the program; the pool is as good as before.
fn a_panic_while_a_result_is_decoded_leaves_the_pool_in_step() {
    for size in [10, 1 << 20] {
        let pool = Pool::new(2).unwrap();
        let pids = pool.pids();
        let items = |last: u8| (0..6).map(move |n| (size, if n == 2 { last } else { n }));
        for chunk in [1, 3, 6] {
            let map = AssertUnwindSafe(|| pool.map_chunked(sensitive, items(PANIC), chunk));
            catch_unwind(map).unwrap_err();
            let after = promptly(|| pool.map_chunked(sensitive, items(2), chunk).unwrap());
            assert_eq!(after, items(2).map(sensitive).collect::<Vec<_>>());
        }
        let mut imap = pool.imap(sensitive, items(PANIC));
        let mut next = || catch_unwind(AssertUnwindSafe(|| imap.next().unwrap().unwrap()));
        let got: Vec<_> = (0..6).map(|_| promptly(&mut next)).collect();
        assert_eq!(got.iter().filter(|got| got.is_err()).count(), 1);
        assert!(got[2].is_err() && got[5].as_ref().unwrap().0[0] == 5);
        drop(imap);
        let task = pool.submit(sensitive, (size, PANIC));
        catch_unwind(AssertUnwindSafe(|| task.wait())).unwrap_err();
        assert_eq!(pool.map(square, [3]).unwrap(), [9]);
        assert_eq!(pool.pids(), pids);
        holds_nothing(&pool);
    }
}

thread_local! {
    static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
    static USES: Cell<u32> = const { Cell::new(0) };
}

fn use_the_pool() {
    // In a worker it is another process's.
    POOL.with_borrow(|pool| {
        if let Some(pool) = pool
            && !pool.pids().is_empty()
        {
            assert_eq!(pool.map(square, [2, 3]).unwrap(), [4, 9]);
            assert_eq!(pool.submit(square, 4).wait().unwrap(), 16);
            assert_eq!(pool.imap(square, [5]).next().unwrap().unwrap(), 25);
            drop(pool.submit(square, 6));
            USES.set(USES.get() + 1);
        }
    });
}

/// Uses the pool whenever it is encoded, decoded or dropped.
struct Busy(u64);

impl Serialize for Busy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use_the_pool();
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for Busy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use_the_pool();
        u64::deserialize(deserializer).map(Self)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        use_the_pool();
    }
}

fn the_programs_own_code_may_use_the_pool_that_calls_it() {
    POOL.set(Some(Pool::new(2).unwrap()));
    let next = |busy: Busy| Busy(busy.0 + 1);
    let items = || {
        (0..3).map(|n| {
            use_the_pool();
            Busy(n)
        })
    };
    let check = |results: Vec<Busy>| {
        assert_eq!(results.iter().map(|busy| busy.0).collect::<Vec<_>>(), [1, 2, 3]);
    };
    POOL.with_borrow(|pool| {
        let pool = pool.as_ref().unwrap();
        promptly(|| {
            check(pool.map(next, items()).unwrap());
            check(pool.map_chunked(next, items(), 1).unwrap());
            check(pool.imap(next, items()).map(Result::unwrap).collect());
            let tasks: Vec<_> = items().map(|item| pool.submit(next, item)).collect();
            check(tasks.into_iter().map(|task| task.wait().unwrap()).collect());
        });
        assert_eq!(pool.map(square, 0..10).unwrap().len(), 10);
        holds_nothing(pool);
    });
    assert!(USES.get() > 40, "{}", USES.get());
    POOL.take();
}

/// Says that it was begun by making a file.
struct Heavy(PathBuf, ByteBuf);

impl Serialize for Heavy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.0, &self.1).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Heavy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Plain(#[serde(deserialize_with = "begin")] PathBuf, ByteBuf);
        fn begin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
            let mark = PathBuf::deserialize(deserializer)?;
            File::create(&mark).unwrap();
            Ok(mark)
        }
        let plain = Plain::deserialize(deserializer)?;
        Ok(Self(plain.0, plain.1))
    }
}

/// The time it takes to get hold of a large item is not time spent on it.
fn a_worker_killed_while_a_large_item_comes_in_has_not_begun_it() {
    let mark = Mark::new("heavy");
    let length = |heavy: Heavy| heavy.1.len();
    let (mut died, mut unharmed) = (0, 0);
    for round in 0..20 {
        let _ = fs::remove_file(&mark.0);
        let pool = Pool::new(1).unwrap();
        let pid = pool.pids()[0];
        let task = pool.submit(length, Heavy(mark.0.clone(), vec![0; 20_000_000].into()));
        sleep(Duration::from_micros(round * 500));
        let begun = mark.0.exists();
        kill(pid, Signal::SIGKILL).unwrap();
        match task.wait() {
            Ok(length) => {
                assert_eq!(length, 20_000_000);
                unharmed += u32::from(!begun);
            }
            Err(TaskError::WorkerDied { .. }) => {
                assert!(mark.0.exists(), "round {round}: lost, and it was never begun");
                died += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    println!("{died} died of it, {unharmed} went to another worker");
    assert!(unharmed > 0);
}

/// Short items have shown the pool that it may give some ahead; then one takes long, and a large one is behind it.
/// Says by a file that it was begun.
fn note_and_answer((size, file): (usize, PathBuf)) -> Vec<u8> {
    File::create(file).unwrap();
    vec![1; size]
}

fn what_was_reported_before_a_worker_was_killed_arrives_large_or_small() {
    let (first, last) = (Mark::new("first"), Mark::new("last"));
    let pool = Pool::new(1).unwrap();
    // The worker is given both, and nobody looks at its reports.
    let large = pool.submit(note_and_answer, (400_000, first.0.clone()));
    let small = pool.submit(note_and_answer, (5, last.0.clone()));
    let worker = pool.pids()[0];
    let is = |state: char| {
        let stat = fs::read_to_string(format!("/proc/{worker}/stat")).unwrap();
        stat.contains(&format!(") {state} "))
    };
    promptly(|| {
        // Asleep again, it has reported on both.
        while !last.0.exists() || !is('S') {
            yield_now();
        }
        kill(worker, Signal::SIGKILL).unwrap();
        while !is('Z') {
            yield_now();
        }
    });
    assert_eq!(large.wait().map(|bytes| bytes.len()), Ok(400_000));
    assert_eq!(small.wait().map(|bytes| bytes.len()), Ok(5));
}

fn nothing_large_waits_behind_a_long_task_while_a_worker_is_idle() {
    let mark = Mark::new("large");
    const LARGE: u8 = 4;
    let task = |(mark, kind, _): (PathBuf, u8, ByteBuf)| match kind {
        0 => true,
        9 => {
            let all = || (1..=LARGE).all(|kind| mark.with_extension(kind.to_string()).exists());
            let end = Instant::now() + Duration::from_secs(20);
            while !all() && Instant::now() < end {
                sleep(Duration::from_millis(1));
            }
            all()
        }
        kind => File::create(mark.with_extension(kind.to_string())).is_ok(),
    };
    for round in 0..10 {
        let marks: Vec<_> =
            (1..=LARGE).map(|n| Mark(mark.0.with_extension(n.to_string()))).collect();
        let pool = Pool::new(2).unwrap();
        let kinds = [0; 200].into_iter().chain([9]).chain([0; 3]).chain(1..=LARGE);
        let items = kinds.map(|kind| {
            let size = if (1..=LARGE).contains(&kind) { 200_000 } else { 1 };
            (mark.0.clone(), kind, ByteBuf::from(vec![0; size]))
        });
        let results = pool.map_chunked(task, items, 1).unwrap();
        assert!(results.iter().all(|&done| done), "round {round}");
        drop(marks);
    }
}

/// What was given ahead is taken back when nobody waits for it any more.
fn what_is_forgotten_and_was_not_begun_is_not_done() {
    let mark = Mark::new("forgotten");
    let append = |(mark, n): (PathBuf, u64)| {
        if n == 300 {
            let end = Instant::now() + Duration::from_secs(20);
            while !mark.exists() && Instant::now() < end {
                sleep(Duration::from_millis(1));
            }
        }
        if n > 300 {
            File::create_new(mark.with_extension(n.to_string())).unwrap();
        }
        n
    };
    let pool = Pool::new(1).unwrap();
    let mut tasks: Vec<_> = (0..320).map(|n| pool.submit(append, (mark.0.clone(), n))).collect();
    for (n, task) in (0..).zip(tasks.drain(..300)) {
        assert_eq!(task.wait().unwrap(), n);
    }
    drop(tasks);
    File::create(&mark.0).unwrap();
    assert_eq!(pool.map(square, [3]).unwrap(), [9]);
    let next = mark.0.with_extension("301");
    let done = next.exists();
    let _ = fs::remove_file(next);
    assert!(!done);
    holds_nothing(&pool);
}

/// Writes all over the memory that it shares with its parent, and is gone.
fn scribble(seed: u64) -> u64 {
    let mut seed = seed | 1;
    for entry in fs::read_dir("/proc/self/fd").unwrap().flatten() {
        let names_memory = |path: PathBuf| path.to_string_lossy().contains("memfd:shared");
        if fs::read_link(entry.path()).is_ok_and(names_memory) {
            let memory = fs::OpenOptions::new().write(true).open(entry.path()).unwrap();
            let length = if seed & 8 == 0 { 192 } else { 4096 };
            let garbage: Vec<u8> = (0..length)
                .map(|_| {
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    if seed & 3 == 0 { 0 } else { seed as u8 }
                })
                .collect();
            memory.write_all_at(&garbage, if seed & 16 == 0 { 0 } else { 192 }).unwrap();
        }
    }
    abort()
}

fn a_worker_that_sends_garbage_does_not_harm_its_parent() {
    for seed in 0..60 {
        let pool = Pool::new(2).unwrap();
        let either = |n: u64| if n < 100 { n } else { scribble(n) };
        let items = (0..40).map(|n| if n == 20 { 100 + seed * 7919 } else { n });
        let results = promptly(|| pool.try_map(either, items));
        assert_eq!(results.len(), 40);
        assert_eq!(promptly(|| pool.map(square, 0..50).unwrap().len()), 50, "seed {seed}");
    }
}

fn twenty_megabytes_many_times() {
    let pool = Pool::new(2).unwrap();
    let reverse = |mut bytes: ByteBuf| {
        bytes.reverse();
        bytes
    };
    let item = |n: u8| {
        let mut bytes = vec![0; 20_000_000];
        bytes[0] = n;
        ByteBuf::from(bytes)
    };
    for (n, result) in (0..).zip(pool.imap(reverse, (0..20).map(item))) {
        let result = result.unwrap();
        assert_eq!((result.len(), result.last()), (20_000_000, Some(&n)));
    }
    // Results alone, from one worker that has nobody to take them for a while.
    let pool = Pool::new(1).unwrap();
    let make = |n: u8| ByteBuf::from(vec![n; 20_000_000]);
    let results = pool.map_chunked(make, 0..6, 6).unwrap();
    assert!((0..).zip(&results).all(|(n, bytes)| bytes[7] == n && bytes.len() == 20_000_000));
}

fn items_and_results_without_a_byte_come_through() {
    let pool = Builder::new().workers(2).max_tasks_per_child(7).build().unwrap();
    for chunk in [1, 5, 1000] {
        assert_eq!(pool.map_chunked(|()| (), [(); 100], chunk).unwrap(), [(); 100]);
    }
    assert_eq!(pool.starmap(|| (), [(); 50]).unwrap(), [(); 50]);
}

fn main() -> ExitCode {
    testing::tests![
        a_result_that_has_come_is_not_waited_for,
        an_item_that_cannot_be_sent_is_told_while_another_task_goes_on,
        a_panic_while_a_result_is_decoded_leaves_the_pool_in_step,
        the_programs_own_code_may_use_the_pool_that_calls_it,
        a_worker_killed_while_a_large_item_comes_in_has_not_begun_it,
        what_was_reported_before_a_worker_was_killed_arrives_large_or_small,
        nothing_large_waits_behind_a_long_task_while_a_worker_is_idle,
        what_is_forgotten_and_was_not_begun_is_not_done,
        a_worker_that_sends_garbage_does_not_harm_its_parent,
        twenty_megabytes_many_times,
        items_and_results_without_a_byte_come_through,
    ]
}
