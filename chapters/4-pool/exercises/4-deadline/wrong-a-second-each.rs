//! A wrong answer: each puzzle has a second of its own. Four that never end take four.
//! Fails with: slow
//! Look for: how long would it take with a thousand puzzles?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::deadline::{PATIENCE, PUZZLES, solve};

fn program() -> lesson::Result {
    let pool = Pool::new(PUZZLES as usize)?;
    let tasks: Vec<_> = (1..=PUZZLES).map(|puzzle| pool.submit(solve, puzzle)).collect();
    for (puzzle, task) in (1..).zip(tasks) {
        match task.wait_timeout(PATIENCE) {
            Ok(primes) => {
                let primes = primes?;
                say!("puzzle {puzzle}: {primes}", "パズル{puzzle}: {primes}");
            }
            Err(_) => say!("puzzle {puzzle}: given up", "パズル{puzzle}: 断念"),
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Solves puzzles.", "パズルを解きます。");
    lesson::run(about, |_| program())
}
