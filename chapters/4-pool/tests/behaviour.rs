//! What a pool promises, whatever becomes of its workers.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::panic::resume_unwind;
use std::process::{Command, ExitCode, Stdio, abort, exit, id};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::{Pid, getppid, pause};
use pool::results::ITEMS_AHEAD;
use pool::{Pool, PoolError, TaskError};
use process::{Builder, Descriptor, End, Process};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;
use testing::{children_left, command, descriptors, run_command, without_fork};

/// What would hang, or take as long as there are tasks, takes longer; what is prompt does not, on a busy machine either.
const PROMPT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);

fn square(n: u64) -> u64 {
    n * n
}

fn endless(_: ()) {
    loop {
        pause();
    }
}

fn my_pid(_: u64) -> u32 {
    id()
}

fn state(pid: Pid) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(") ").next()?.chars().next()
}

fn wait_for_state(pid: Pid, wanted: char) {
    let deadline = Instant::now() + PATIENCE;
    while state(pid) != Some(wanted) {
        assert!(Instant::now() < deadline, "{pid} is {:?}, not {wanted}", state(pid));
        thread::sleep(Duration::from_millis(1));
    }
}

fn kill_idle(pids: &[Pid]) {
    for &pid in pids {
        kill(pid, Signal::SIGKILL).unwrap();
        wait_for_state(pid, 'Z');
    }
}

/// Nothing is kept of what was given out, dropped or lost, once no worker holds anything.
fn holds_nothing(pool: &Pool) {
    let deadline = Instant::now() + PATIENCE;
    let mut inside = format!("{pool:?}");
    while inside.contains("Held") {
        assert!(Instant::now() < deadline, "{inside}");
        pool.submit(square, 1).wait().unwrap();
        inside = format!("{pool:?}");
    }
    for part in ["waiting: []", "open: {}"] {
        assert!(inside.contains(part), "{part} expected: {inside}");
    }
}

/// Runs `body` while this process may open so many more descriptors.
fn with_room_for<R>(more: u64, body: impl FnOnce() -> R) -> R {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let open = descriptors();
    let highest = *open.last().unwrap() as u64;
    // What this process was started with may have gaps below.
    let gaps = highest + 1 - open.len() as u64;
    let _fill: Vec<_> = (0..gaps).map(|_| fs::File::open("/dev/null").unwrap()).collect();
    setrlimit(Resource::RLIMIT_NOFILE, highest + 1 + more, hard).unwrap();
    let result = body();
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    result
}

fn results_come_in_the_order_of_the_items() {
    let pool = Pool::new(3).unwrap();
    let expected: Vec<u64> = (0..50).map(square).collect();
    // The first items take longest, so that the last ones are done first.
    let slow = |n: u64| {
        (0..(50 - n) * 20_000).for_each(|turn| _ = std::hint::black_box(turn));
        n * n
    };
    assert_eq!(pool.map(slow, 0..50).unwrap(), expected);
    assert_eq!(pool.map_chunked(slow, 0..50, 1).unwrap(), expected);
    let imap: Result<Vec<u64>, _> = pool.imap(slow, 0..50).collect();
    assert_eq!(imap.unwrap(), expected);
    let mut unordered: Vec<u64> =
        pool.imap_unordered(slow, 0..50).collect::<Result<_, _>>().unwrap();
    unordered.sort_unstable();
    assert_eq!(unordered, expected);
    holds_nothing(&pool);
}

fn no_items_give_no_results() {
    let pool = Pool::new(2).unwrap();
    assert!(pool.map(square, []).unwrap().is_empty());
    assert!(pool.map_chunked(square, [], 5).unwrap().is_empty());
    assert!(pool.starmap(u64::pow, Vec::<(u64, u32)>::new()).unwrap().is_empty());
    assert!(pool.try_map(square, []).is_empty());
    assert!(pool.imap(square, []).next().is_none());
    assert!(pool.imap_unordered(square, []).next().is_none());
}

fn a_hundred_thousand_items_arrive() {
    let pool = Pool::new(2).unwrap();
    let results = pool.map(square, 0..100_000).unwrap();
    assert_eq!(results, (0..100_000).map(square).collect::<Vec<_>>());
    assert_eq!(pool.imap(square, 0..10_000).filter_map(Result::ok).count(), 10_000);
    holds_nothing(&pool);
}

fn a_chunk_is_done_by_one_worker() {
    let pool = Pool::new(3).unwrap();
    let pids = pool.map_chunked(my_pid, 0..30, 10).unwrap();
    for chunk in pids.chunks(10) {
        assert!(chunk.iter().all(|pid| pid == &chunk[0]), "{pids:?}");
    }
    let expected: Vec<u64> = (0..30).map(square).collect();
    for chunk in [0, 1, 7, 30, usize::MAX] {
        assert_eq!(pool.map_chunked(square, 0..30, chunk).unwrap(), expected, "chunk {chunk}");
    }
}

fn starmap_spreads_tuples_over_parameters() {
    let pool = Pool::new(2).unwrap();
    assert_eq!(pool.starmap(u64::pow, [(2, 3), (3, 2), (5, 1)]).unwrap(), [8, 9, 5]);
    let join = |a: String, b: char, c: u8| format!("{a}{b}{c}");
    assert_eq!(pool.starmap(join, [("x".to_owned(), '値', 1)]).unwrap(), ["x値1"]);
    assert_eq!(pool.starmap(|| 7, [(), ()]).unwrap(), [7, 7]);
}

fn functions_and_closures_without_captures_work() {
    let pool = Pool::new(2).unwrap();
    assert_eq!(pool.map(|n: i32| n + 1, [1, 2]).unwrap(), [2, 3]);
    assert_eq!(pool.map(|n: i32| n + 2, [1, 2]).unwrap(), [3, 4]);
    assert_eq!(pool.map(i32::abs, [-1, 2]).unwrap(), [1, 2]);
    assert_eq!(pool.map(Some, [1_u8]).unwrap(), [Some(1)]);
    assert_eq!(pool.map(String::into_bytes, ["ab".to_owned()]).unwrap(), [b"ab"]);
    assert_eq!(pool.map(|()| (), [(), ()]).unwrap(), [(), ()]);
    fn generic<T: Into<u64>>(n: T) -> u64 {
        n.into()
    }
    assert_eq!(pool.map(generic::<u8>, [1]).unwrap(), pool.map(generic::<u32>, [1]).unwrap());
}

fn imap_takes_only_so_many_items_ahead() {
    let pool = Pool::new(3).unwrap();
    for ordered in [true, false] {
        let taken = Cell::new(0);
        let source = (0..).inspect(|_| taken.set(taken.get() + 1));
        let mut given_out = 0;
        let mut check = |result: Option<Result<u64, TaskError>>| {
            result.unwrap().unwrap();
            given_out += 1;
            assert!(taken.get() <= given_out + ITEMS_AHEAD * 3, "{taken:?} of {given_out}");
        };
        if ordered {
            let mut results = pool.imap(square, source);
            (0..100).for_each(|_| check(results.next()));
        } else {
            let mut results = pool.imap_unordered(square, source);
            (0..100).for_each(|_| check(results.next()));
        }
        // Neither does it starve the workers.
        assert!(taken.get() >= 100 + ITEMS_AHEAD * 3 - 1, "{taken:?}");
    }
}

fn an_imap_that_is_dropped_leaves_the_pool_usable() {
    let pool = Pool::new(2).unwrap();
    for given_out in [0, 1, 5] {
        let mut results = pool.imap(square, 0..);
        for n in 0..given_out {
            assert_eq!(results.next().unwrap().unwrap(), square(n));
        }
        drop(results);
        assert_eq!(pool.map(square, [6, 7]).unwrap(), [36, 49]);
    }
    assert_eq!(pool.map(square, 0..100).unwrap().len(), 100);
    holds_nothing(&pool);
}

fn an_imap_may_feed_another_one_of_the_same_pool() {
    let pool = Pool::new(2).unwrap();
    let squares = pool.imap(square, 0..200).map(Result::unwrap);
    let fourth: Vec<u64> = pool.imap(square, squares).collect::<Result<_, _>>().unwrap();
    assert_eq!(fourth, (0..200).map(|n: u64| n.pow(4)).collect::<Vec<_>>());
}

fn an_error_does_not_end_an_imap() {
    let pool = Pool::new(2).unwrap();
    let results: Vec<_> = pool.imap(killed_at_7, 0..20).collect();
    assert_eq!(results.len(), 20);
    for (n, result) in results.into_iter().enumerate() {
        match result {
            Ok(result) => assert_eq!(result, square(n as u64)),
            Err(TaskError::WorkerDied { item: 7, .. }) => assert_eq!(n, 7),
            Err(other) => panic!("{other}"),
        }
    }
}

fn tasks_are_waited_for_in_any_order() {
    let pool = Pool::new(2).unwrap();
    let mut tasks: Vec<_> = (0..20).map(|n| pool.submit(square, n)).collect();
    assert_eq!(tasks.remove(19).wait().unwrap(), 361);
    assert_eq!(tasks.remove(0).wait_timeout(Duration::MAX).unwrap().unwrap(), 0);
    let deadline = Instant::now() + PATIENCE;
    while !tasks[10].is_ready() {
        assert!(Instant::now() < deadline);
    }
    assert!(tasks[10].is_ready());
    assert_eq!(tasks.remove(10).wait_timeout(Duration::ZERO).unwrap().unwrap(), 121);
    assert_eq!(pool.map(square, [3]).unwrap(), [9]);
    assert_eq!(tasks.pop().unwrap().wait().unwrap(), 324);
    drop(tasks);
    assert_eq!(pool.map(square, 0..10).unwrap().len(), 10);
    holds_nothing(&pool);
}

fn a_task_that_is_dropped_before_it_is_handed_out_never_runs() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let run = |_: u32| RUNS.fetch_add(1, Relaxed);
    let pool = Pool::new(1).unwrap();
    let tasks: Vec<_> = (0..5).map(|n| pool.submit(run, n)).collect();
    // The only worker was given the first one, and has perhaps begun it; the others wait.
    drop(tasks);
    let before = pool.submit(run, 9).wait().unwrap();
    assert!(before <= 1, "{before} ran");
    holds_nothing(&pool);
}

fn a_task_that_never_ends_keeps_nobody() {
    let pool = Pool::new(2).unwrap();
    let mut task = pool.submit(endless, ());
    assert!(!task.is_ready());
    let began = Instant::now();
    let task = task.wait_timeout(Duration::from_millis(50)).unwrap_err();
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!(pool.map(square, 0..10).unwrap().len(), 10, "the other worker goes on");
    let began = Instant::now();
    drop(pool);
    assert!(began.elapsed() < PROMPT, "{:?}", began.elapsed());
    assert_eq!(task.wait(), Err(TaskError::PoolClosed));
}

fn handles_outlive_the_pool_with_a_typed_error() {
    let pool = Pool::new(1).unwrap();
    let mut done = pool.submit(square, 3);
    while !done.is_ready() {}
    let late = pool.submit(endless, ());
    let mut never = pool.submit(square, 4);
    drop(pool);
    assert_eq!(done.wait(), Ok(9), "what has come stays");
    assert_eq!(late.wait_timeout(Duration::from_secs(1)).unwrap(), Err(TaskError::PoolClosed));
    assert!(never.is_ready());
    assert_eq!(never.wait(), Err(TaskError::PoolClosed));
}

thread_local! {
    static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

fn use_the_pool(_: u32) -> (bool, bool, bool, usize) {
    POOL.with_borrow(|pool| {
        let pool = pool.as_ref().unwrap();
        let refused = |error: TaskError| error == TaskError::OtherProcess;
        let map = pool.map(square, [1]).is_err_and(refused);
        let submitted = pool.submit(square, 1).wait().is_err_and(refused);
        let imap = pool.imap(square, [1]).next().is_some_and(|result| result.is_err_and(refused));
        (map, submitted, imap, pool.pids().len())
    })
}

fn a_task_that_uses_its_own_pool_gets_a_typed_error() {
    POOL.set(Some(Pool::new(2).unwrap()));
    // Workers forked when that pool was there: those of another one ...
    let other = Pool::new(1).unwrap();
    assert_eq!(other.map(use_the_pool, [1]).unwrap(), [(true, true, true, 0)]);
    // ... and its own replacements, forked in the middle of a call.
    POOL.with_borrow(|pool| {
        let pool = pool.as_ref().unwrap();
        kill_idle(&pool.pids());
        assert_eq!(pool.map(use_the_pool, 0..4).unwrap(), [(true, true, true, 0); 4]);
    });
    POOL.take();
}

fn a_task_may_have_a_pool_of_its_own() {
    let nested = |n: u64| -> u64 {
        let pool = Pool::new(2).unwrap();
        pool.map(square, 0..n).unwrap().iter().sum()
    };
    let pool = Pool::new(2).unwrap();
    assert_eq!(pool.map(nested, [3, 4]).unwrap(), [5, 14]);
}

fn killed_at_7(n: u64) -> u64 {
    if n == 7 {
        raise(Signal::SIGKILL).unwrap();
    }
    n * n
}

fn a_killed_worker_is_the_error_of_one_item() {
    let pool = Pool::new(3).unwrap();
    for round in 0..20 {
        let before = pool.pids();
        let results = pool.try_map(killed_at_7, 0..100);
        assert_eq!(results.len(), 100);
        for (n, result) in results.iter().enumerate() {
            match result {
                Ok(result) => assert_eq!(*result, square(n as u64)),
                Err(TaskError::WorkerDied { item: 7, pid, end }) => {
                    assert_eq!((n, end.signal()), (7, Some(Signal::SIGKILL)));
                    assert!(round > 0 || before.contains(pid));
                    assert!(!pool.pids().contains(pid));
                }
                Err(other) => panic!("item {n}: {other}"),
            }
        }
        assert!(results[7].is_err());
    }
    let error = pool.map(killed_at_7, 0..20).unwrap_err();
    assert!(matches!(error, TaskError::WorkerDied { item: 7, .. }), "{error}");
    assert_eq!(pool.map(square, 0..10).unwrap().len(), 10);
    assert_eq!(pool.pids().len(), 3);
    holds_nothing(&pool);
}

fn every_way_to_end_is_named() {
    let end = |way: i32| match way {
        0 => exit(7),
        1 => exit(0),
        2 => abort(),
        signal => {
            let signal = Signal::try_from(signal).unwrap();
            // Rust handles the first SIGSEGV, to tell of a stack that overflowed.
            raise(signal).and_then(|()| raise(signal)).unwrap();
        }
    };
    let pool = Pool::new(2).unwrap();
    let ends: Vec<End> = pool
        .try_map(end, [0, 1, 2, 11, 2 + 13, 9])
        .into_iter()
        .map(|result| match result {
            Err(TaskError::WorkerDied { end, .. }) => end,
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        End::Exited(7),
        End::Exited(0),
        End::Signaled(6),
        End::Signaled(11),
        End::Signaled(15),
        End::Signaled(9),
    ];
    assert_eq!(ends, expected);
    assert_eq!(pool.map(square, [3]).unwrap(), [9]);
}

fn an_interrupt_to_one_worker_alone_is_its_items_error() {
    let interrupted = |n: u64| {
        if n == 1 {
            raise(Signal::SIGINT).unwrap();
        }
        n
    };
    let pool = Pool::new(2).unwrap();
    let results = pool.try_map(interrupted, 0..3);
    match &results[1] {
        Err(TaskError::WorkerDied { item: 1, end, .. }) => assert_eq!(*end, End::Signaled(2)),
        other => panic!("{other:?}"),
    }
    assert!(results[0].is_ok() && results[2].is_ok());
}

fn work_is_done_by_replacements_when_idle_workers_were_killed() {
    let mut pool = Pool::new(4).unwrap();
    for killed in [1, 4] {
        let before = pool.pids();
        let killed = &before[..before.len().min(killed)];
        kill_idle(killed);
        assert_eq!(pool.map(square, 0..50).unwrap().len(), 50);
        let after = pool.pids();
        assert!(killed.iter().all(|pid| !after.contains(pid)), "{killed:?} {after:?}");
    }
    // Leaving the scope is prompt, too.
    kill_idle(&pool.pids());
    let began = Instant::now();
    pool = Pool::new(1).unwrap();
    assert!(began.elapsed() < PROMPT, "{:?}", began.elapsed());
    assert_eq!(pool.map(square, [2]).unwrap(), [4]);
}

fn an_order_that_was_never_read_goes_to_another_worker() {
    let pool = Pool::new(1).unwrap();
    let pid = pool.pids()[0];
    kill(pid, Signal::SIGSTOP).unwrap();
    wait_for_state(pid, 'T');
    let task = pool.submit(square, 5);
    let task = task.wait_timeout(Duration::from_millis(20)).unwrap_err();
    kill(pid, Signal::SIGKILL).unwrap();
    assert_eq!(task.wait(), Ok(25));
    assert_ne!(pool.pids(), [pid]);
}

fn a_stopped_worker_is_killed_when_the_pool_ends() {
    let pool = Pool::new(2).unwrap();
    let pid = pool.pids()[0];
    kill(pid, Signal::SIGSTOP).unwrap();
    wait_for_state(pid, 'T');
    let began = Instant::now();
    drop(pool);
    assert!(began.elapsed() < PROMPT, "{:?}", began.elapsed());
    assert_eq!(state(pid), None);
}

fn a_panic_is_the_error_of_one_item_and_the_worker_goes_on() {
    // As panic! does, without printing.
    let task = |n: u64| {
        if n == 3 {
            resume_unwind(Box::new(format!("not {n}")));
        }
        (n, id())
    };
    let pool = Pool::new(1).unwrap();
    let pids = pool.pids();
    let results = pool.try_map(task, 0..6);
    for (n, result) in (0..).zip(results) {
        match result {
            Ok(result) => assert_eq!(result, (n, pids[0].as_raw() as u32)),
            Err(error) => {
                let message = "not 3".to_owned();
                assert_eq!(n, 3);
                assert_eq!(error, TaskError::Panicked { item: 3, pid: pids[0], message });
            }
        }
    }
    assert_eq!(pool.pids(), pids);
}

/// Refuses to be encoded or decoded, as its number says.
#[derive(Debug, PartialEq)]
struct Difficult(u32);

const NO_ENCODING: u32 = 1;
const NO_DECODING: u32 = 2;
const PANIC_ENCODING: u32 = 3;
const PANIC_DECODING_IN_A_WORKER: u32 = 4;
static OWNER: AtomicU32 = AtomicU32::new(0);

impl Serialize for Difficult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            NO_ENCODING => Err(S::Error::custom("not to be encoded")),
            PANIC_ENCODING => resume_unwind(Box::new("encoding panics")),
            n => serializer.serialize_u32(n),
        }
    }
}

impl<'de> Deserialize<'de> for Difficult {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            NO_DECODING => Err(D::Error::custom("not to be decoded")),
            PANIC_DECODING_IN_A_WORKER if id() != OWNER.load(Relaxed) => {
                resume_unwind(Box::new("decoding panics"))
            }
            n => Ok(Self(n)),
        }
    }
}

fn what_cannot_be_encoded_or_decoded_is_the_error_of_its_item() {
    OWNER.store(id(), Relaxed);
    let pool = Pool::new(2).unwrap();
    let pids = pool.pids();
    // As results.
    let results = pool.try_map(Difficult, [0, NO_ENCODING, NO_DECODING, PANIC_ENCODING, 9]);
    assert_eq!(results[0], Ok(Difficult(0)));
    assert!(matches!(results[1], Err(TaskError::NotCoded { item: 1, .. })), "{results:?}");
    assert!(matches!(results[2], Err(TaskError::NotCoded { item: 2, .. })), "{results:?}");
    assert!(matches!(results[3], Err(TaskError::Panicked { item: 3, .. })), "{results:?}");
    assert_eq!(results[4], Ok(Difficult(9)));
    // As items.
    let items = [0, NO_ENCODING, NO_DECODING, PANIC_DECODING_IN_A_WORKER, 9].map(Difficult);
    let results = pool.try_map(|difficult: Difficult| difficult.0, items);
    assert_eq!(results[0], Ok(0));
    assert!(matches!(results[1], Err(TaskError::NotCoded { item: 1, .. })), "{results:?}");
    assert!(matches!(results[2], Err(TaskError::NotCoded { item: 2, .. })), "{results:?}");
    assert!(matches!(results[3], Err(TaskError::Panicked { item: 3, .. })), "{results:?}");
    assert_eq!(results[4], Ok(9));
    // One by one.
    let unwrap = |difficult: Difficult| difficult.0;
    for number in [NO_ENCODING, NO_DECODING] {
        let error = pool.submit(unwrap, Difficult(number)).wait().unwrap_err();
        assert!(matches!(error, TaskError::NotCoded { item: 0, .. }), "{error}");
        let error = pool.imap(unwrap, [Difficult(number)]).next().unwrap().unwrap_err();
        assert!(matches!(error, TaskError::NotCoded { item: 0, .. }), "{error}");
    }
    assert_eq!(pool.pids(), pids, "no worker was lost");
    holds_nothing(&pool);
}

fn a_descriptor_cannot_travel_in_an_item_or_a_result() {
    let pool = Pool::new(1).unwrap();
    let (reader, _writer) = std::io::pipe().unwrap();
    let item = Descriptor::from(std::os::fd::OwnedFd::from(reader));
    let error = pool.map(|_: Descriptor| (), [item]).unwrap_err();
    assert!(matches!(error, TaskError::NotCoded { item: 0, .. }), "{error}");
    let open = |()| Descriptor::from(std::os::fd::OwnedFd::from(std::io::pipe().unwrap().0));
    let error = pool.map(open, [()]).unwrap_err();
    assert!(matches!(error, TaskError::NotCoded { item: 0, .. }), "{error}");
}

fn items_and_results_of_any_size_come_through() {
    let pool = Pool::new(2).unwrap();
    let sizes = [0, 1, 127, 128, 4_000, 65_535, 65_536, 70_000, 1 << 20, 20_000_000];
    let items: Vec<ByteBuf> = sizes
        .iter()
        .map(|&size| (0..size).map(|n| (n % 251) as u8).collect::<Vec<u8>>().into())
        .collect();
    let reverse = |mut bytes: ByteBuf| {
        bytes.reverse();
        bytes
    };
    let expected: Vec<ByteBuf> = items.iter().cloned().map(reverse).collect();
    assert!(pool.map(reverse, items.clone()).unwrap() == expected);
    assert!(pool.map_chunked(reverse, items, 100).unwrap() == expected);
}

fn a_result_for_which_no_descriptor_is_left_costs_its_own_item_only() {
    let pool = Pool::new(1).unwrap();
    let bytes = |size: usize| ByteBuf::from(vec![7; size]);
    let sizes = [1, 1 << 20, 2, 3];
    let results = with_room_for(0, || pool.imap(bytes, sizes).collect::<Vec<_>>());
    for (size, result) in sizes.into_iter().zip(&results) {
        match result {
            Ok(bytes) => assert_eq!(bytes.len(), size),
            Err(TaskError::NotCoded { item: 1, reason }) => {
                assert!(size == 1 << 20 && reason.contains("EMFILE"), "{reason}");
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(results[1].is_err());
    // With one message for all of them, too.
    let results = with_room_for(0, || pool.map_chunked(bytes, sizes, 4));
    assert!(matches!(results, Err(TaskError::NotCoded { item: 1, .. })), "{results:?}");
    assert_eq!(pool.map(bytes, sizes).unwrap().len(), 4);
}

fn a_worker_without_descriptors_tells_that_its_result_is_lost() {
    let few = |size: usize| {
        setrlimit(Resource::RLIMIT_NOFILE, 0, 0).unwrap();
        ByteBuf::from(vec![7; size])
    };
    let pool = Pool::new(1).unwrap();
    let pids = pool.pids();
    let results = pool.try_map(few, [1, 1 << 20, 2]);
    assert!(results[0].is_ok() && results[2].is_ok());
    let error = results[1].clone().unwrap_err();
    assert!(matches!(&error, TaskError::NotCoded { item: 1, reason } if reason.contains("EMFILE")));
    assert_eq!(pool.pids(), pids);
}

fn a_pool_of_no_workers_is_refused() {
    assert!(matches!(Pool::new(0), Err(PoolError::NoWorkers)));
}

fn without_descriptors_there_is_no_pool_and_no_child() {
    // Four workers keep five descriptors each, and need some more while they are started.
    let (mut refused, mut made) = (0, 0);
    for room in 0..40 {
        match with_room_for(room, || Pool::new(4)) {
            Ok(pool) => {
                made += 1;
                assert_eq!(pool.map(square, [3]).unwrap(), [9]);
            }
            Err(PoolError::Spawn { .. } | PoolError::System { .. }) => refused += 1,
            Err(other) => panic!("{other}"),
        }
        assert_eq!(children_left(), None, "with room for {room}");
    }
    assert!(refused > 10 && made > 3, "{refused} {made}");
    // Nor for as many as nobody has.
    let error = with_room_for(200, || Pool::new(usize::MAX).unwrap_err());
    assert!(matches!(error, PoolError::Spawn { .. } | PoolError::System { .. }), "{error}");
}

fn without_processes_there_is_no_pool_and_no_child() {
    let mut command = command(env::current_exe().unwrap(), &[NO_FORK_PROBE]);
    without_fork(&mut command);
    let run = run_command(command).succeeded();
    assert_eq!(run.lines(), ["EAGAIN, no child"]);
}

fn no_fork_probe() -> ExitCode {
    let error = Pool::new(3).unwrap_err().to_string();
    assert!(error.contains("EAGAIN") && error.contains("ulimit -u"), "{error}");
    assert_eq!(children_left(), None);
    println!("EAGAIN, no child");
    ExitCode::SUCCESS
}

fn beside_threads_a_pool_goes_on_with_the_workers_it_has() {
    let pool = Pool::new(2).unwrap();
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let thread = thread::spawn(move || held.recv());
    let results = pool.try_map(killed_at_7, 0..100);
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 99);
    assert_eq!(pool.pids().len(), 1, "no replacement can be forked");
    // And a replacement that cannot be had does not slow every task down.
    let began = Instant::now();
    assert_eq!(pool.imap(square, 0..1_000).filter_map(Result::ok).count(), 1_000);
    assert!(began.elapsed() < PROMPT, "{:?}", began.elapsed());
    // The last worker dies: now nobody can do the work.
    let results = pool.try_map(killed_at_7, [1, 7, 2, 3]);
    assert!(matches!(results[1], Err(TaskError::WorkerDied { item: 1, .. })), "{results:?}");
    let results = pool.try_map(square, [1, 2]);
    for result in results {
        match result {
            Err(TaskError::NoWorkers { reason }) => {
                assert!(reason.contains("2 threads"), "{reason}")
            }
            other => panic!("{other:?}"),
        }
    }
    drop(hold);
    thread.join().unwrap().unwrap_err();
    assert_eq!(pool.map(square, 0..10).unwrap().len(), 10, "it recovers");
    holds_nothing(&pool);
}

fn a_task_may_start_processes() {
    let grandchild = |n: u64| -> u64 {
        assert!(Command::new("true").status().unwrap().success());
        Process::spawn(square, (n,)).unwrap().join().unwrap()
    };
    let pool = Pool::new(2).unwrap();
    assert_eq!(pool.map(grandchild, [2, 3, 4]).unwrap(), [4, 9, 16]);
    // One that still runs does not hide that its worker has died; it was told to die with it.
    let leave_one = |_: u64| {
        Builder::new().die_with_parent(true).spawn(endless, ((),)).unwrap();
        raise(Signal::SIGKILL).unwrap();
    };
    let error = pool.map(leave_one, [1]).unwrap_err();
    assert!(matches!(error, TaskError::WorkerDied { .. }), "{error}");
}

fn many_pools_in_turn_leave_nothing() {
    let before = descriptors();
    for n in 0..40 {
        let pool = Pool::new(1 + n % 4).unwrap();
        let _unfinished = pool.submit(endless, ());
        if n % 2 == 0 {
            pool.try_map(killed_at_7, 0..if n % 4 == 3 { 10 } else { 0 });
        }
    }
    assert_eq!(descriptors(), before);
    assert_eq!(children_left(), None);
}

fn workers_end_when_their_parent_is_killed() {
    for signal in [Signal::SIGKILL, Signal::SIGTERM] {
        let mut probe = command(env::current_exe().unwrap(), &[BUSY_PROBE]);
        let mut probe = probe.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(probe.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let pids: Vec<i32> = line.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
        assert_eq!(pids.len(), 3);
        let began = Instant::now();
        kill(Pid::from_raw(probe.id() as i32), signal).unwrap();
        // The output ends when the last of them has ended.
        output.read_to_end(&mut Vec::new()).unwrap();
        assert!(began.elapsed() < PROMPT, "{signal}: {:?}", began.elapsed());
        probe.wait().unwrap();
    }
}

fn busy(_: ()) {
    loop {
        std::hint::spin_loop();
    }
}

/// Two busy workers and an idle one.
fn busy_probe() -> ExitCode {
    let pool = Pool::new(3).unwrap();
    let _tasks = [(); 2].map(|()| pool.submit(busy, ()));
    println!("{}", pool.pids().iter().map(Pid::to_string).collect::<Vec<_>>().join(" "));
    std::io::stdout().flush().unwrap();
    endless(());
    ExitCode::FAILURE
}

/// The next number of a xorshift generator.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// Kills children of its parent at random moments, until it is killed itself.
fn killer(mut seed: u64) {
    let parent = getppid();
    let myself = id().to_string();
    let mut at_most = 3_000;
    loop {
        let (begun, pause) = (Instant::now(), Duration::from_micros(random(&mut seed) % at_most));
        thread::sleep(pause);
        // Where this process gets its turn late, so do the workers: they need time to do anything before they are killed.
        at_most = 3_000 + 4 * (begun.elapsed() - pause).as_micros() as u64;
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        let children = children.unwrap_or_default();
        let others: Vec<&str> = children.split_whitespace().filter(|pid| *pid != myself).collect();
        if !others.is_empty() {
            let victim = others[random(&mut seed) as usize % others.len()].parse().unwrap();
            let _ = kill(Pid::from_raw(victim), Signal::SIGKILL);
        }
    }
}

fn random_kills_cost_one_item_each() {
    let seconds: f64 = env::var("LESSON_SOAK_SECONDS").map_or(2.0, |text| text.parse().unwrap());
    let seed = env::var("LESSON_SOAK_SEED")
        .map_or_else(|_| u64::from(id()) << 20 | 1, |text| text.parse().unwrap());
    println!("LESSON_SOAK_SEED={seed}");
    let work = |n: u64| {
        (0..5_000).for_each(|turn| _ = std::hint::black_box(turn));
        (n, n * n)
    };
    let mut killer = Builder::new().die_with_parent(true).spawn(killer, (seed,)).unwrap();
    let (mut seed, mut lost) = (seed, BTreeSet::new());
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let (mut rounds, mut items_done) = (0, 0);
    while Instant::now() < until {
        // A pool made while workers are killed is a pool all the same.
        let pool = Pool::new(1 + random(&mut seed) as usize % 4).unwrap();
        let mut in_this_pool = BTreeSet::new();
        for _ in 0..5 {
            let items = random(&mut seed) % 500;
            let results: Vec<Result<(u64, u64), TaskError>> = match random(&mut seed) % 3 {
                0 => pool.try_map(work, 0..items),
                1 => pool.imap_unordered(work, 0..items).collect(),
                _ => {
                    let tasks: Vec<_> = (0..items).map(|n| pool.submit(work, n)).collect();
                    tasks.into_iter().map(pool::Task::wait).collect()
                }
            };
            assert_eq!(results.len() as u64, items);
            let mut seen = BTreeSet::new();
            for result in results {
                match result {
                    Ok((n, square)) => assert!(seen.insert(n) && square == n * n),
                    Err(TaskError::WorkerDied { pid, end, .. }) => {
                        assert_eq!(end, End::Signaled(9));
                        assert!(in_this_pool.insert(pid), "{pid} cost two items");
                        lost.insert((rounds, pid));
                    }
                    Err(other) => panic!("{other}"),
                }
            }
            items_done += seen.len();
        }
        assert!(!format!("{pool:?}").contains("Err("));
        rounds += 1;
    }
    killer.kill().unwrap();
    killer.wait().unwrap();
    println!("{rounds} pools, {items_done} items done, {} lost", lost.len());
    assert!(!lost.is_empty(), "nothing was killed in time");
}

const NO_FORK_PROBE: &str = "__no_fork_probe__";
const BUSY_PROBE: &str = "__busy_probe__";

fn main() -> ExitCode {
    match env::args().nth(1).as_deref() {
        Some(NO_FORK_PROBE) => return no_fork_probe(),
        Some(BUSY_PROBE) => return busy_probe(),
        _ => {}
    }
    testing::tests![
        results_come_in_the_order_of_the_items,
        no_items_give_no_results,
        a_hundred_thousand_items_arrive,
        a_chunk_is_done_by_one_worker,
        starmap_spreads_tuples_over_parameters,
        functions_and_closures_without_captures_work,
        imap_takes_only_so_many_items_ahead,
        an_imap_that_is_dropped_leaves_the_pool_usable,
        an_imap_may_feed_another_one_of_the_same_pool,
        an_error_does_not_end_an_imap,
        tasks_are_waited_for_in_any_order,
        a_task_that_is_dropped_before_it_is_handed_out_never_runs,
        a_task_that_never_ends_keeps_nobody,
        handles_outlive_the_pool_with_a_typed_error,
        a_task_that_uses_its_own_pool_gets_a_typed_error,
        a_task_may_have_a_pool_of_its_own,
        a_killed_worker_is_the_error_of_one_item,
        every_way_to_end_is_named,
        an_interrupt_to_one_worker_alone_is_its_items_error,
        work_is_done_by_replacements_when_idle_workers_were_killed,
        an_order_that_was_never_read_goes_to_another_worker,
        a_stopped_worker_is_killed_when_the_pool_ends,
        a_panic_is_the_error_of_one_item_and_the_worker_goes_on,
        what_cannot_be_encoded_or_decoded_is_the_error_of_its_item,
        a_descriptor_cannot_travel_in_an_item_or_a_result,
        items_and_results_of_any_size_come_through,
        a_result_for_which_no_descriptor_is_left_costs_its_own_item_only,
        a_worker_without_descriptors_tells_that_its_result_is_lost,
        a_pool_of_no_workers_is_refused,
        without_descriptors_there_is_no_pool_and_no_child,
        without_processes_there_is_no_pool_and_no_child,
        beside_threads_a_pool_goes_on_with_the_workers_it_has,
        a_task_may_start_processes,
        many_pools_in_turn_leave_nothing,
        workers_end_when_their_parent_is_killed,
        random_kills_cost_one_item_each,
    ]
}
