//! A wrong answer: nothing is lost, since the second door opens when the first is closed.
//! Fails with: together
//! Look for: the join inside the loop that starts.

use std::process::ExitCode;

use caveats::{SharedError, Value};
use caveats_exercises::lost_update::{plus_one, visitors};
use lesson::{Options, say};
use process::Process;

fn count(door: u32, total: &Value<u64>) -> Result<(), SharedError> {
    for _ in visitors(door) {
        let seen = total.get()?;
        total.set(plus_one(seen))?;
    }
    Ok(())
}

fn at_the_door(door: u32, total: Value<u64>) -> Result<(), String> {
    count(door, &total).map_err(|error| error.to_string())
}

fn program() -> lesson::Result {
    let total = Value::new(0_u64)?;
    for door in 1..=2 {
        Process::spawn(at_the_door, (door, total.clone()))?.join()??;
    }
    let total = total.get()?;
    say!("visitors: {total}", "来館者: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts visitors at two doors.", "二つの入口で来館者を数えます。");
    lesson::run(about, |_| program())
}
