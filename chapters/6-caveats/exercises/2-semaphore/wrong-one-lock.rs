//! A wrong answer: never more than two cook, but never two either: who cooks holds the lock.
//! Fails with: one-at-a-time
//! Look for: how long does the guard live?

use std::process::ExitCode;

use caveats::{SharedError, Value};
use caveats_exercises::semaphore::{COOKS, Kitchen, STOVES, cook, meals, report};
use lesson::Options;
use process::Process;

fn work(number: u32, free: &Value<i32>, kitchen: &Kitchen) -> Result<(), SharedError> {
    for _ in meals(number) {
        let _guard = free.lock()?;
        cook(kitchen)?;
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
