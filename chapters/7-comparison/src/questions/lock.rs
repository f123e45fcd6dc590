//! What adding one to a number costs when so many workers do it at once: under a lock, and in one operation.
//!
//! Microseconds for each addition, of all workers together: with one worker that is the lock alone, with more the
//! contention as well.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use caveats::{Counter, Value};
use lesson::Result;
use process::Process;

use super::{panicked, told};
use crate::asking::together::{Conductor, Signals};
use crate::asking::{Asking, Pace, Way};
use crate::row::{Kind, Unit};
use crate::rows::agree;

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let aim = Duration::from_millis(asking.pick(5, 20));
    let each = |measure: fn(usize, u64) -> Result<Duration>| {
        let mut pace = Pace::new(aim);
        move |workers: f64| {
            let time = |count| measure(workers as usize, count as u64);
            Ok(pace.each(workers, time)? / workers * 1e6)
        }
    };
    let ways = vec![
        Way::rust(Kind::Processes, "value", each(by_value)),
        Way::rust(Kind::Processes, "atomic", each(by_counter)),
        Way::rust(Kind::Threads, "mutex", each(by_mutex)),
        Way::rust(Kind::Threads, "atomic", each(by_atomic)),
        Way::python(Kind::Processes, "value"),
        Way::python(Kind::Threads, "lock"),
    ];
    let cores = pool::cores();
    let mut workers = vec![1, 2, cores, 2 * cores];
    workers.sort_unstable();
    workers.dedup();
    let workers: Vec<f64> = workers.into_iter().map(|workers| workers as f64).collect();
    asking.compare(Unit::Microseconds, 1.0, &workers, ways)
}

// ANCHOR: workers
fn add_to_value(
    value: Value<u64>,
    count: u64,
    signals: Signals,
) -> std::result::Result<(), String> {
    signals.wait()?;
    for _ in 0..count {
        value.update(|value| *value += 1).map_err(|error| error.to_string())?;
    }
    signals.done()
}

fn add_to_counter(
    counter: Counter,
    count: u64,
    signals: Signals,
) -> std::result::Result<(), String> {
    signals.wait()?;
    for _ in 0..count {
        counter.add(1);
    }
    signals.done()
}
// ANCHOR_END: workers

fn by_value(workers: usize, count: u64) -> Result<Duration> {
    let (value, conductor) = (Value::new(0_u64)?, Conductor::new(workers)?);
    let mut children = Vec::with_capacity(workers);
    for _ in 0..workers {
        let arguments = (value.clone(), count, conductor.signals()?);
        children.push(Process::spawn(add_to_value, arguments)?);
    }
    let time = conductor.time()?;
    for child in children {
        told(child.join()?)?;
    }
    agree(&value.get()?, &(workers as u64 * count))?;
    Ok(time)
}

fn by_counter(workers: usize, count: u64) -> Result<Duration> {
    let (counter, conductor) = (Counter::new()?, Conductor::new(workers)?);
    let mut children = Vec::with_capacity(workers);
    for _ in 0..workers {
        let arguments = (counter.try_clone()?, count, conductor.signals()?);
        children.push(Process::spawn(add_to_counter, arguments)?);
    }
    let time = conductor.time()?;
    for child in children {
        told(child.join()?)?;
    }
    agree(&counter.get(), &(workers as u64 * count))?;
    Ok(time)
}

fn by_mutex(workers: usize, count: u64) -> Result<Duration> {
    let number = Arc::new(Mutex::new(0_u64));
    let add = Arc::clone(&number);
    let time = by_threads(workers, count, move || {
        *add.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    })?;
    let number = *number.lock().unwrap_or_else(PoisonError::into_inner);
    agree(&number, &(workers as u64 * count))?;
    Ok(time)
}

fn by_atomic(workers: usize, count: u64) -> Result<Duration> {
    let number = Arc::new(AtomicU64::new(0));
    let add = Arc::clone(&number);
    let time = by_threads(workers, count, move || {
        add.fetch_add(1, Ordering::Relaxed);
    })?;
    agree(&number.load(Ordering::Relaxed), &(workers as u64 * count))?;
    Ok(time)
}

fn by_threads(
    workers: usize,
    count: u64,
    add: impl Fn() + Clone + Send + 'static,
) -> Result<Duration> {
    let conductor = Conductor::new(workers)?;
    let mut threads = Vec::with_capacity(workers);
    for _ in 0..workers {
        let (add, signals) = (add.clone(), conductor.signals()?);
        threads.push(thread::Builder::new().spawn(move || {
            signals.wait()?;
            (0..count).for_each(|_| add());
            signals.done()
        })?);
    }
    let time = conductor.time()?;
    for thread in threads {
        told(thread.join().map_err(panicked)?)?;
    }
    Ok(time)
}
