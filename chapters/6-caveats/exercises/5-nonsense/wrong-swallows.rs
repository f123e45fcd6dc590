//! A wrong answer: `flatten` takes the good readings and says nothing of the others.
//! Fails with: results
//! Look for: who learns that a sensor is broken?

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

    let (mut count, mut warmest) = (0, i32::MIN);
    let broken = 0;
    for Reading(celsius) in queue.into_iter().flatten() {
        count += 1;
        warmest = warmest.max(celsius);
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
