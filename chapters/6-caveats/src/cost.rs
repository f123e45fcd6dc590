//! What a process and a thread cost: to start, in memory, and for tasks that are over in no time.
//!
//! The memory is what the kernel says in `/proc/PID/smaps_rollup`. *Private* pages are this process's alone; *PSS*
//! (proportional set size) adds its share of those that it has in common with others. Neither counts what the
//! kernel itself needs for a process: page tables, a stack, the descriptors.

use std::fs;
use std::hint::black_box;
use std::io;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use pool::Pool;
use process::{Builder, Process, StartMethod};
use queue::{Connection, duplex};

/// Makes what this module starts by exec known: call it first in `main`.
pub fn register() {
    process::register(nothing);
    process::register(wait_for_the_end);
}

fn nothing() {}

fn wait_for_the_end(connection: Connection<(), ()>) {
    // If the parent is gone, that is the end as well.
    if connection.send(()).is_ok() {
        let _ = connection.recv();
    }
}

/// The median time to start one that does nothing, and to join it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// A process, by fork.
    pub fork: Duration,
    /// A process, by exec: [`register`] has to be called first in `main`.
    pub exec: Duration,
    /// A thread.
    pub thread: Duration,
}

/// Starts and joins `rounds` of each, one after another. Blocks meanwhile.
///
/// # Errors
///
/// What [`Process::spawn`] and [`Process::join`] say; the system does not start another thread (`EAGAIN`).
///
/// # Panics
///
/// If `rounds` is zero.
pub fn start(rounds: usize) -> lesson::Result<Start> {
    let process = |method| median(rounds, || start_processes(method, 1));
    let (fork, exec) = (process(StartMethod::Fork)?, process(StartMethod::Exec)?);
    // Threads last: a fork waits until the last one has left the kernel's list.
    let thread = median(rounds, || start_threads(1))?;
    Ok(Start { fork, exec, thread })
}

/// How long it takes to start and join so many processes that do nothing, one after another.
///
/// # Errors
///
/// What [`Process::spawn`] and [`Process::join`] say.
pub fn start_processes(method: StartMethod, count: u32) -> lesson::Result<Duration> {
    let (builder, start) = (Builder::new().start(method), Instant::now());
    for _ in 0..count {
        builder.spawn(nothing, ())?.join()?;
    }
    Ok(start.elapsed())
}

/// The same with threads.
///
/// # Errors
///
/// The system does not start another thread (`EAGAIN`).
pub fn start_threads(count: u32) -> lesson::Result<Duration> {
    let start = Instant::now();
    for _ in 0..count {
        let thread = thread::Builder::new().spawn(nothing)?;
        thread.join().map_err(|_| "a thread that does nothing panicked")?;
    }
    Ok(start.elapsed())
}

fn median(rounds: usize, act: impl Fn() -> lesson::Result<Duration>) -> lesson::Result<Duration> {
    assert!(rounds > 0, "a median of nothing");
    let mut times = (0..rounds).map(|_| act()).collect::<lesson::Result<Vec<_>>>()?;
    times.sort_unstable();
    Ok(times[rounds / 2])
}

/// A process's memory, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The pages that are its own.
    pub private: u64,
    /// Those, and its share of the pages that others have as well.
    pub pss: u64,
}

/// The memory of the process `pid` (a number, or `self`) now. Never blocks.
///
/// # Errors
///
/// There is no such process, or it is another user's; a kernel before 4.14 has no such file.
///
/// # Platform
///
/// Linux: `proc_pid_smaps_rollup(5)`.
pub fn memory_of(pid: impl std::fmt::Display) -> io::Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{path}: {error}"));
    let rollup = fs::read_to_string(&path).map_err(named)?;
    // Lines like `Private_Dirty:        96 kB`.
    let field = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        number.ok_or_else(|| named(io::Error::other(format!("no {name} in it"))))
    };
    Ok(Memory { private: field("Private_Clean")? + field("Private_Dirty")?, pss: field("Pss")? })
}

/// The memory of a process that waits, started in one way or the other. Blocks until it has ended again.
///
/// # Errors
///
/// What [`Process::spawn`], [`Process::join`] and [`memory_of`] say.
pub fn process_memory(method: StartMethod) -> lesson::Result<Memory> {
    let (ours, theirs) = duplex::<(), ()>()?;
    let child: Process<()> = Builder::new().start(method).spawn(wait_for_the_end, (theirs,))?;
    // From now on it does nothing but wait.
    ours.recv()?;
    let memory = memory_of(child.pid());
    drop(ours);
    child.join()?;
    Ok(memory?)
}

/// How much private memory, in KiB, a thread that waits adds to its process: the mean of `threads`.
///
/// Blocks until they have ended again.
///
/// # Errors
///
/// What [`memory_of`] says; the system does not start another thread (`EAGAIN`).
pub fn thread_memory(threads: u64) -> lesson::Result<f64> {
    let before = memory_of("self")?;
    let during = thread::scope(|scope| -> lesson::Result<Memory> {
        let (ready, is_ready) = channel();
        let mut gates = Vec::new();
        for _ in 0..threads {
            let (gate, wait) = channel::<()>();
            let ready = ready.clone();
            thread::Builder::new().spawn_scoped(scope, move || {
                // Both fail only when this function is over.
                let _ = ready.send(());
                let _ = wait.recv();
            })?;
            gates.push(gate);
        }
        for _ in 0..threads {
            is_ready.recv()?;
        }
        Ok(memory_of("self")?)
    })?;
    Ok(during.private.saturating_sub(before.private) as f64 / threads as f64)
}

/// How long a number of light tasks took, each of them one addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LightTasks {
    /// In a loop.
    pub in_a_loop: Duration,
    /// With a thread for each.
    pub thread_each: Duration,
    /// In a pool that was there already.
    pub pool: Duration,
    /// With a process for each.
    pub process_each: Duration,
}

fn light(number: u64) -> u64 {
    black_box(number) + 1
}

/// Does `tasks` light tasks in four ways; the pool has `workers` workers. Blocks meanwhile.
///
/// # Errors
///
/// What [`Pool::new`], [`Pool::map`], [`Process::spawn`] and [`Process::join`] say; the system does not start
/// another thread (`EAGAIN`); a way gave another result than the loop.
pub fn light_tasks(tasks: u64, workers: usize) -> lesson::Result<LightTasks> {
    let (expected, in_a_loop) = timed(|| Ok((0..tasks).map(light).sum::<u64>()))?;
    let (in_processes, process_each) = timed(|| {
        (0..tasks).map(|n| Ok(Process::spawn(light, (n,))?.join()?)).sum::<lesson::Result<u64>>()
    })?;
    let ready = Pool::new(workers)?;
    let (in_pool, pool) = timed(|| Ok(ready.map(light, 0..tasks)?.iter().sum::<u64>()))?;
    drop(ready);
    // Threads last: a fork waits until the last one has left the kernel's list.
    let (on_threads, thread_each) = timed(|| {
        let one = |n| -> lesson::Result<u64> {
            let thread = thread::Builder::new().spawn(move || light(n))?;
            thread.join().map_err(|_| "an addition panicked".into())
        };
        (0..tasks).map(one).sum()
    })?;
    if [in_processes, in_pool, on_threads] != [expected; 3] {
        let got = format!("{expected} {in_processes} {in_pool} {on_threads}");
        return Err(format!("the four ways do not agree: {got}").into());
    }
    Ok(LightTasks { in_a_loop, thread_each, pool, process_each })
}

fn timed<R>(work: impl FnOnce() -> lesson::Result<R>) -> lesson::Result<(R, Duration)> {
    let start = Instant::now();
    let result = work()?;
    Ok((result, start.elapsed()))
}
