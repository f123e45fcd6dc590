//! Exercise caveats/5-nonsense, solved: what does not decode is one item less, and the next one is not affected.
//! Run it: `cargo run -p caveats-exercises --bin caveats-nonsense-solution`
//! Look for: which errors are about one item, and which are about the queue.

use std::process::ExitCode;

use caveats_exercises::nonsense::{Reading, SENSORS, measure};
use lesson::{Options, say};
use process::Process;
use queue::{GetError, Queue};

fn program() -> lesson::Result {
    let mut queue = Queue::<Reading>::new(8)?;
    let mut sensors = Vec::new();
    for sensor in 1..=SENSORS {
        sensors.push(Process::spawn(measure, (sensor, queue.producer()?))?);
    }
    queue.close();

    let (mut count, mut broken, mut warmest) = (0, 0, i32::MIN);
    for reading in queue {
        match reading {
            Ok(Reading(celsius)) => {
                count += 1;
                warmest = warmest.max(celsius);
            }
            Err(GetError::Decode { .. }) => broken += 1,
            // Not about one item: the next one will be no better.
            Err(other) => return Err(other.into()),
        }
    }
    for sensor in sensors {
        sensor.join()??;
    }
    say!(
        "readings: {count}, broken: {broken}, warmest: {warmest}",
        "測定値: {count}、不良: {broken}、最高: {warmest}"
    );
    Ok(())
}

fn main() -> ExitCode {
    let about =
        Options::new("Counts what three sensors read.", "三つのセンサーの測定値を数えます。");
    lesson::run(about, |_| program())
}
