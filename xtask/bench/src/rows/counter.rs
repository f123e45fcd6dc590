//! One counter, two processes that increment it at the same time.

use std::sync::atomic::Ordering;
use std::time::Instant;

use process::Process;
use queue::shared::{Atomics, Locked};

use super::told;
use crate::place::{Place, pin};
use crate::row::{Goal, Row, Unit, floor, ours, python};
use crate::side::Size;
use crate::sys;

pub(super) fn rows() -> Vec<Row> {
    vec![Row {
        name: "counter",
        title: [
            "shared counter, two processes on two cores, per increment",
            "二つのプロセスで共有するカウンター(加算1回あたり、二つのコア)",
        ],
        unit: Unit::Nanos,
        on_demand: false,
        contenders: vec![
            floor("raw atomic", |size| raw(size, |page| add(page.counter()))),
            ours("Atomics", atomics).goal(Goal::Figure(20.0)),
            floor("raw futex lock", |size| raw(size, sys::Page::add_under_futex)),
            floor("raw robust mutex", |size| raw(size, sys::Page::add_under_mutex)),
            ours("Locked", locked).goal(Goal::Figure(100.0)),
            python("Python Value", "counter"),
        ],
    }]
}

/// Waits until the other one is here as well.
fn meet(both: &Atomics) {
    both[0].fetch_add(1, Ordering::SeqCst);
    while both[0].load(Ordering::SeqCst) < 2 {
        std::hint::spin_loop();
    }
}

/// The time from when both were there until both were done, for each increment of all.
fn race(
    both: &Atomics,
    count: usize,
    mut add: impl FnMut() -> lesson::Result,
) -> lesson::Result<f64> {
    meet(both);
    let start = Instant::now();
    for _ in 0..count {
        add()?;
    }
    both[1].fetch_add(1, Ordering::SeqCst);
    while both[1].load(Ordering::SeqCst) < 2 {
        std::hint::spin_loop();
    }
    Ok(start.elapsed().as_nanos() as f64 / (2 * count) as f64)
}

fn all_there(counted: u64, count: usize) -> lesson::Result {
    if counted == 2 * count as u64 {
        Ok(())
    } else {
        Err(format!("{counted} of {}", 2 * count).into())
    }
}

fn add(counter: &std::sync::atomic::AtomicU64) -> lesson::Result {
    counter.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

fn raw(size: Size, add: fn(&sys::Page) -> lesson::Result) -> lesson::Result<f64> {
    let (page, both) = (sys::Page::new()?, Atomics::new(2)?);
    let count = size.of(1_000_000);
    let child = sys::fork(|| {
        pin(1)?;
        race(&both, count, || add(&page)).map(drop)
    })?;
    Place::TwoCores.pin_ours()?;
    let figure = race(&both, count, || add(&page))?;
    child.join()?;
    all_there(page.counter().load(Ordering::Relaxed), count)?;
    Ok(figure)
}

fn atomics(size: Size) -> lesson::Result<f64> {
    fn child(both: Atomics, counter: Atomics, count: usize) {
        pin(1).expect("there are two cores");
        race(&both, count, || add(&counter[0])).expect("an atomic cannot fail");
    }
    let (both, counter, count) = (Atomics::new(2)?, Atomics::new(1)?, size.of(1_000_000));
    let child = Process::spawn(child, (both.try_clone()?, counter.try_clone()?, count))?;
    Place::TwoCores.pin_ours()?;
    let figure = race(&both, count, || add(&counter[0]))?;
    child.join()?;
    all_there(counter[0].load(Ordering::Relaxed), count)?;
    Ok(figure)
}

fn locked(size: Size) -> lesson::Result<f64> {
    fn increment(counter: &Locked<u64>) -> lesson::Result {
        counter.lock().map_err(told)?[0] += 1;
        Ok(())
    }
    fn child(both: Atomics, counter: Locked<u64>, count: usize) {
        pin(1).expect("there are two cores");
        race(&both, count, || increment(&counter)).expect("nobody dies");
    }
    let (both, counter, count) = (Atomics::new(2)?, Locked::new(&[0_u64])?, size.of(1_000_000));
    let child = Process::spawn(child, (both.try_clone()?, counter.clone(), count))?;
    Place::TwoCores.pin_ours()?;
    let figure = race(&both, count, || increment(&counter))?;
    child.join()?;
    let counted = counter.lock().map_err(told)?[0];
    all_there(counted, count)?;
    Ok(figure)
}
