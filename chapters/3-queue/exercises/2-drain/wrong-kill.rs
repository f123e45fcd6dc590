//! A wrong answer: it does not hang any more, because it kills who takes too long, and loses what they had to say.
//! Fails with: results
//! Look for: the workers did not take long. They waited for the parent.

use std::process::ExitCode;
use std::time::Duration;

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
    for mut worker in workers {
        if worker.join_timeout(Duration::from_millis(500))?.is_none() {
            worker.kill()?;
            worker.wait()?;
        }
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
