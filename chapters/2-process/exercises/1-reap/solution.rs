//! Exercise process/1-reap, solved: two loops, because starting and joining are two things.
//! Run it: `cargo run -p process-exercises --bin process-reap-solution`
//! Look for: which line would have to move for the workers to run one after another?

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use process_exercises::reap::work;

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
    say!("results: {results:?}", "結果: {results:?}");
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Five workers.", "五つのワーカー。"), |_| program())
}
