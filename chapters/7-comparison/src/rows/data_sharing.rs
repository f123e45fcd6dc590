//! Two workers change every entry of one table, by turns: milliseconds for all their visits to it.
//!
//! Three ways. Through a queue: the table is the only item, who got it owns it, and puts a copy of it back. In
//! shared memory: a lock in it says whose turn it is, and nothing is copied. Between threads: an `Arc` and a lock.
//! Processes are judged by the better of their two ways. Starting the workers is not counted.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use lesson::Result;
use process::Process;
use queue::shared::Locked;
use queue::{Consumer, Producer, Queue};
use serde_bytes::ByteBuf;

use crate::asking::together::{Conductor, Signals};
use crate::measure::{interleaved, settle};
use crate::row::{Kind, Measured, Sizes, Unit, Way};
use crate::rows::{agree, panicked};

/// How many workers there are.
const WORKERS: usize = 2;
/// How often each of them visits the table while the time is taken; once more before.
const VISITS: usize = 3;
/// What every entry counts in the end.
const TOTAL: u8 = (WORKERS * (VISITS + 1)) as u8;

/// The name of the way that copies the table, for who wants to compare it.
pub const BY_QUEUE: &str = "queue";

/// Measures the three ways. See [`Row::measure`](crate::Row::measure).
///
/// # Errors
///
/// As there.
pub fn measure(sizes: &Sizes, rounds: usize) -> Result<Measured> {
    let size = sizes.table;
    let [memory, queue, threads] = interleaved(
        rounds,
        [&mut || by_shared_memory(size), &mut || by_queue(size), &mut || by_threads(size)],
    )?;
    let ways = vec![
        Way { kind: Kind::Processes, name: "shared_memory".into(), spread: memory },
        Way { kind: Kind::Processes, name: BY_QUEUE.into(), spread: queue },
        Way { kind: Kind::Threads, name: "arc_and_mutex".into(), spread: threads },
    ];
    Ok(Measured::new(Unit::Milliseconds, ways))
}

// ANCHOR: visit
/// One visit: every entry counts one more.
fn visit(table: &mut [u8]) {
    table.iter_mut().for_each(|entry| *entry = entry.wrapping_add(1));
}
// ANCHOR_END: visit

/// A worker's side: visits once, so that its memory is there; reports; waits for the start; visits; reports.
fn work(
    signals: &Signals,
    mut visit: impl FnMut() -> std::result::Result<(), String>,
) -> std::result::Result<(), String> {
    visit()?;
    signals.wait()?;
    for _ in 0..VISITS {
        visit()?;
    }
    signals.done()
}

// ANCHOR: ways
fn in_shared_memory(table: Locked<u8>, signals: Signals) -> std::result::Result<(), String> {
    work(&signals, || {
        visit(&mut table.lock().map_err(|error| error.to_string())?);
        Ok(())
    })
}

fn through_queue(
    take: Consumer<ByteBuf>,
    give: Producer<ByteBuf>,
    signals: Signals,
) -> std::result::Result<(), String> {
    work(&signals, || {
        let mut table = take.get().map_err(|error| error.to_string())?;
        visit(&mut table);
        give.put(table).map_err(|error| error.to_string())
    })
}

fn in_thread(table: Arc<Mutex<Vec<u8>>>, signals: Signals) -> std::result::Result<(), String> {
    work(&signals, || {
        visit(&mut table.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    })
}
// ANCHOR_END: ways

pub(crate) fn by_shared_memory(size: usize) -> Result<f64> {
    settle();
    let table = Locked::new(&vec![0_u8; size])?;
    let mut workers = Vec::with_capacity(WORKERS);
    let conductor = Conductor::new(WORKERS)?;
    for _ in 0..WORKERS {
        workers.push(Process::spawn(in_shared_memory, (table.clone(), conductor.signals()?))?);
    }
    let time = Unit::Milliseconds.of(conductor.time()?);
    for worker in workers {
        worker.join()??;
    }
    check(&table.lock()?, size)?;
    Ok(time)
}

pub(crate) fn by_queue(size: usize) -> Result<f64> {
    settle();
    let table = Queue::new(1)?;
    let mut workers = Vec::with_capacity(WORKERS);
    let conductor = Conductor::new(WORKERS)?;
    for _ in 0..WORKERS {
        let ends = (table.consumer()?, table.producer()?, conductor.signals()?);
        workers.push(Process::spawn(through_queue, ends)?);
    }
    table.put(ByteBuf::from(vec![0_u8; size]))?;
    let time = Unit::Milliseconds.of(conductor.time()?);
    for worker in workers {
        worker.join()??;
    }
    check(&table.get()?, size)?;
    Ok(time)
}

pub(crate) fn by_threads(size: usize) -> Result<f64> {
    let table = Arc::new(Mutex::new(vec![0_u8; size]));
    let mut workers = Vec::with_capacity(WORKERS);
    let conductor = Conductor::new(WORKERS)?;
    for _ in 0..WORKERS {
        let (table, signals) = (Arc::clone(&table), conductor.signals()?);
        workers.push(thread::Builder::new().spawn(move || in_thread(table, signals))?);
    }
    let time = Unit::Milliseconds.of(conductor.time()?);
    for worker in workers {
        worker.join().map_err(panicked)??;
    }
    check(&table.lock().unwrap_or_else(PoisonError::into_inner), size)?;
    Ok(time)
}

fn check(table: &[u8], size: usize) -> Result {
    agree(&table.len(), &size)?;
    match table.iter().find(|&&entry| entry != TOTAL) {
        None => Ok(()),
        Some(wrong) => agree(wrong, &TOTAL),
    }
}
