//! A wrong answer: the results are right, but no two workers ever run at the same time.
//! Fails with: together
//! Look for: the join inside the loop that starts.

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use process_exercises::reap::work;

fn program() -> lesson::Result {
    let mut results = Vec::new();
    for number in 1..=5 {
        // Blocks until this worker has ended; only then does the next one start.
        results.push(Process::spawn(work, (number,))?.join()?);
    }
    say!("results: {results:?}", "結果: {results:?}");
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Five workers.", "五つのワーカー。"), |_| program())
}
