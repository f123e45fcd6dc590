//! Exercise pool/4-deadline, solved: one moment at which all waiting ends, not a time for each.
//! Run it: `cargo run -p pool-exercises --bin pool-deadline-solution`
//! Look for: after puzzle 2 the lines come at once. How long do puzzles 3 to 8 still have by then?

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
        // Zero once the deadline has passed: then it only asks whether the result is there.
        let left = deadline.saturating_duration_since(Instant::now());
        match task.wait_timeout(left) {
            Ok(primes) => {
                let primes = primes?;
                say!("puzzle {puzzle}: {primes}", "パズル{puzzle}: {primes}");
            }
            Err(_) => say!("puzzle {puzzle}: given up", "パズル{puzzle}: 断念"),
        }
    }
    // The pool's scope ends here, and with it the workers that would never end by themselves.
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Solves puzzles.", "パズルを解きます。");
    lesson::run(about, |_| program())
}
