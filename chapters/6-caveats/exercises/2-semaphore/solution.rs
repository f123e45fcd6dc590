//! Exercise caveats/2-semaphore, solved: looking for a free stove and taking it is one step.
//! Run it: `cargo run -p caveats-exercises --bin caveats-semaphore-solution`
//! Look for: the lock is held for a moment only. By whom is a stove held meanwhile?

use std::process::ExitCode;
use std::thread;

use caveats::{SharedError, Value};
use caveats_exercises::semaphore::{COOKS, Kitchen, STOVES, cook, is_free, meals, report};
use lesson::Options;
use process::Process;

/// Waits until a stove is free, and takes it.
fn enter(free: &Value<i32>) -> Result<(), SharedError> {
    // Looks and takes under one lock: whoever comes next sees one stove less.
    let take = |free: &mut i32| {
        let taken = is_free(*free);
        if taken {
            *free -= 1;
        }
        taken
    };
    while !free.update(take)? {
        // The lock is given back here, or nobody could ever leave.
        thread::yield_now();
    }
    Ok(())
}

/// Gives the stove back.
fn leave(free: &Value<i32>) -> Result<(), SharedError> {
    free.update(|free| *free += 1)
}

fn work(number: u32, free: &Value<i32>, kitchen: &Kitchen) -> Result<(), SharedError> {
    for _ in meals(number) {
        enter(free)?;
        cook(kitchen)?;
        leave(free)?;
    }
    Ok(())
}

fn cook_all(number: u32, free: Value<i32>, kitchen: Kitchen) -> Result<(), String> {
    work(number, &free, &kitchen).map_err(|error| error.to_string())
}

fn program() -> lesson::Result {
    let free = Value::new(STOVES as i32)?;
    let kitchen = Kitchen::new([0; 3])?;
    let mut cooks = Vec::new();
    for number in 1..=COOKS {
        cooks.push(Process::spawn(cook_all, (number, free.clone(), kitchen.clone()))?);
    }
    for cook in cooks {
        cook.join()??;
    }
    report(&kitchen)?;
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Four cooks, two stoves.", "料理人は四人、コンロは二つ。");
    lesson::run(about, |_| program())
}
