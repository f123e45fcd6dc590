//! A wrong answer: every error counts as a broken reading, the end of the stream among them.
//! Fails with: deadline
//! Look for: what does `get` say when all sensors have ended?

use std::process::ExitCode;

use caveats_exercises::nonsense::{Reading, SENSORS, measure};
use lesson::{Options, say};
use process::Process;
use queue::Queue;

fn program() -> lesson::Result {
    let mut queue = Queue::<Reading>::new(8)?;
    let mut sensors = Vec::new();
    for sensor in 1..=SENSORS {
        sensors.push(Process::spawn(measure, (sensor, queue.producer()?))?);
    }
    queue.close();

    let (mut count, mut broken, mut warmest) = (0, 0_u64, i32::MIN);
    while count + broken < u64::MAX {
        match queue.get() {
            Ok(Reading(celsius)) => {
                count += 1;
                warmest = warmest.max(celsius);
            }
            Err(_) => broken += 1,
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
