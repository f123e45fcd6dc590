//! Exercise caveats/2-semaphore: four cooks, two stoves.
//! Run it: `cargo run -p caveats-exercises --bin caveats-semaphore`
//! Check it: `cargo xtask exercise check semaphore`

use std::process::ExitCode;

use caveats::{SharedError, Value};
use caveats_exercises::semaphore::{COOKS, Kitchen, STOVES, cook, meals, report};
use lesson::Options;
use process::Process;

/// Waits until a stove is free, and takes it.
fn enter(_free: &Value<i32>) -> Result<(), SharedError> {
    // TODO: nobody waits here. `caveats_exercises::semaphore::is_free` looks at the number.
    Ok(())
}

/// Gives the stove back.
fn leave(_free: &Value<i32>) -> Result<(), SharedError> {
    // TODO
    Ok(())
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
