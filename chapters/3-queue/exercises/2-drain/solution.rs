//! Exercise queue/2-drain, solved: get until the end of the stream, and join then.
//! Run it: `cargo run -p queue-exercises --bin queue-drain-solution`, several times
//! Look for: what tells the parent that there is nothing more to come? It is not that the queue is empty.

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
    // Iterating closes our own end first. It is over when both workers are gone and nothing is left.
    let mut found = Vec::new();
    for finding in queue {
        found.push(finding?);
    }
    // Nobody has anything left to put: no join can wait for long.
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
