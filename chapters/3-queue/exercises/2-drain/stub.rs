//! Exercise queue/2-drain: this program hangs, about one run in five. Find out why, and repair it.
//! Run it: `cargo run -p queue-exercises --bin queue-drain`, several times
//! Check it: `cargo xtask exercise check drain`

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
    // TODO: first all workers end, then everything is in the queue. Is it?
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
