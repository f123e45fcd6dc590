//! A wrong answer: a larger queue makes the day rarer on which it is too small.
//! Fails with: deadlock
//! Look for: how many findings can there be?

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Producer, Queue};
use queue_exercises::drain::findings;

fn worker(number: u32, reports: Producer<String>) {
    for finding in findings(number) {
        reports.put(finding).expect("the parent gets it");
    }
}

fn program() -> lesson::Result {
    let queue = Queue::new(64)?;
    let mut workers = Vec::new();
    for number in 1..=2 {
        workers.push(Process::spawn(worker, (number, queue.producer()?))?);
    }
    for worker in workers {
        worker.join()?;
    }
    let mut found = Vec::new();
    while let Ok(finding) = queue.try_get() {
        found.push(finding);
    }
    let found = found.len();
    say!("findings: {found}", "発見: {found}件");
    Ok(())
}

fn main() -> ExitCode {
    let about =
        Options::new("Two workers report what they find.", "二つのワーカーが発見を報告します。");
    lesson::run(about, |_| program())
}
