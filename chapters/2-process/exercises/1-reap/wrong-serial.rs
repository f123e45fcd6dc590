//! A wrong answer: the results are right, but no two workers ever run at the same time.
//! Check it: `cargo run -p process-exercises --bin process-reap-check -- target/debug/process-reap-wrong-serial`
//! Look for: the join inside the loop that starts.

use std::process::ExitCode;

use lesson::Options;
use process::Process;
use process_exercises::reap::{done, work};

fn program() -> lesson::Result {
    let mut results = Vec::new();
    for number in 1..=5 {
        // Blocks until this worker has ended; only then does the next one start.
        results.push(Process::spawn(work, (number,))?.join()?);
    }
    done(&results)
}

fn main() -> ExitCode {
    lesson::run(Options::new("Five workers.", "五つのワーカー。"), |_| program())
}
