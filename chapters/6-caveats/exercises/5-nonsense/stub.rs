//! Exercise caveats/5-nonsense: a reading that does not decode ends everything.
//! Run it: `cargo run -p caveats-exercises --bin caveats-nonsense`
//! Check it: `cargo xtask exercise check nonsense`

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
    for reading in queue {
        // TODO: one that does not decode is no reason to lose the others.
        let Reading(celsius) = reading?;
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
