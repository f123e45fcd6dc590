//! A wrong answer: the lock is held for the reading, and given back before the writing.
//! Fails with: lost
//! Look for: the end of the block, where the guard is dropped.

use std::process::ExitCode;

use caveats::{SharedError, Value};
use caveats_exercises::lost_update::{plus_one, visitors};
use lesson::{Options, say};
use process::Process;

fn count(door: u32, total: &Value<u64>) -> Result<(), SharedError> {
    for _ in visitors(door) {
        let seen = {
            let guard = total.lock()?;
            *guard
        };
        *total.lock()? = plus_one(seen);
    }
    Ok(())
}

fn at_the_door(door: u32, total: Value<u64>) -> Result<(), String> {
    count(door, &total).map_err(|error| error.to_string())
}

fn program() -> lesson::Result {
    let total = Value::new(0_u64)?;
    let mut doors = Vec::new();
    for door in 1..=2 {
        doors.push(Process::spawn(at_the_door, (door, total.clone()))?);
    }
    for door in doors {
        door.join()??;
    }
    let total = total.get()?;
    say!("visitors: {total}", "来館者: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts visitors at two doors.", "二つの入口で来館者を数えます。");
    lesson::run(about, |_| program())
}
