//! Exercise pool/4-deadline: some tasks never end; give them up after a second and keep the others.
//! Run it: `cargo run -p pool-exercises --bin pool-deadline` (Ctrl-C ends it)
//! Check it: `cargo xtask exercise check deadline`

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::deadline::{PUZZLES, solve};

fn program() -> lesson::Result {
    // A worker for each puzzle: one that never ends keeps its worker.
    let pool = Pool::new(PUZZLES as usize)?;
    let tasks: Vec<_> = (1..=PUZZLES).map(|puzzle| pool.submit(solve, puzzle)).collect();
    for (puzzle, task) in (1..).zip(tasks) {
        // TODO: this waits for ever where a puzzle has no end. Give up after `PATIENCE` (in `pool_exercises::deadline`) in all.
        let primes = task.wait()?;
        say!("puzzle {puzzle}: {primes}", "パズル{puzzle}: {primes}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Solves puzzles.", "パズルを解きます。");
    lesson::run(about, |_| program())
}
