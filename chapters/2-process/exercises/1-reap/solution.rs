//! Exercise 1 of the chapter on processes, solved: two loops, because starting and joining are two things.
//! Check it: `cargo run -p process-exercises --bin process-reap-check -- target/debug/process-reap-solution`
//! Look for: which line would have to move for the workers to run one after another?

use std::process::ExitCode;

use lesson::Options;
use process::Process;
use process_exercises::reap::{done, work};

fn program() -> lesson::Result {
    // Starts all of them before waiting for any: from here on they run at the same time.
    let mut workers = Vec::new();
    for number in 1..=5 {
        workers.push(Process::spawn(work, (number,))?);
    }
    // Joins them in the order in which they were started, so the results are in that order,
    // whichever ends first. One that ends early waits as a zombie until its turn comes: join reaps it.
    let mut results = Vec::new();
    for worker in workers {
        results.push(worker.join()?);
    }
    done(&results)
}

fn main() -> ExitCode {
    lesson::run(Options::new("Five workers.", "五つのワーカー。"), |_| program())
}
