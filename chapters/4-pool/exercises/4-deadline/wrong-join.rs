//! A wrong answer: it gives up in time, and then waits for ever: `join` wants all that was handed in to be done.
//! Fails with: deadlock
//! Look for: the last line of the program. What is the other way to end a pool?

use std::process::ExitCode;
use std::time::Instant;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::deadline::{PATIENCE, PUZZLES, solve};

fn program() -> lesson::Result {
    let pool = Pool::new(PUZZLES as usize)?;
    let deadline = Instant::now() + PATIENCE;
    let tasks: Vec<_> = (1..=PUZZLES).map(|puzzle| pool.submit(solve, puzzle)).collect();
    for (puzzle, task) in (1..).zip(tasks) {
        match task.wait_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(primes) => {
                let primes = primes?;
                say!("puzzle {puzzle}: {primes}", "パズル{puzzle}: {primes}");
            }
            Err(_) => say!("puzzle {puzzle}: given up", "パズル{puzzle}: 断念"),
        }
    }
    pool.join();
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Solves puzzles.", "パズルを解きます。");
    lesson::run(about, |_| program())
}
