//! Exercise process/1-reap: five workers, none left as a zombie.
//! Run it: `cargo run -p process-exercises --bin process-reap`
//! Check it: `cargo xtask exercise check reap`

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use process_exercises::reap::work;

fn program() -> lesson::Result {
    let mut results = Vec::new();
    for number in 1..=5 {
        let worker = Process::spawn(work, (number,))?;
        // TODO: nobody joins this worker, and nobody asks what it returned.
        std::mem::forget(worker);
        results.push(0);
    }
    say!("results: {results:?}", "結果: {results:?}");
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Five workers.", "五つのワーカー。"), |_| program())
}
