//! Exercise 1 of the chapter on processes: five workers, none left as a zombie.
//! Check it: `cargo xtask exercise check process/1-reap`
//! Look for: what the check says of the processes that this program started.

use std::process::ExitCode;

use lesson::Options;
use process::Process;
use process_exercises::reap::{done, work};

fn program() -> lesson::Result {
    let mut results = Vec::new();
    for number in 1..=5 {
        let worker = Process::spawn(work, (number,))?;
        // TODO: nobody joins this worker, and nobody asks what it returned.
        std::mem::forget(worker);
        results.push(0);
    }
    done(&results)
}

fn main() -> ExitCode {
    lesson::run(Options::new("Five workers.", "五つのワーカー。"), |_| program())
}
