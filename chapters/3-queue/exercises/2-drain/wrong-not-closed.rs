//! A wrong answer: it gets first, but waits for an end that cannot come, because it could still put something itself.
//! Fails with: deadlock
//! Look for: how many producers are there?

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
    let queue = Queue::new(8)?;
    let mut workers = Vec::new();
    for number in 1..=2 {
        workers.push(Process::spawn(worker, (number, queue.producer()?))?);
    }
    let mut found = Vec::new();
    while let Ok(finding) = queue.get() {
        found.push(finding);
    }
    for worker in workers {
        worker.join()?;
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
