//! A wrong answer: shares of equally many numbers; but large primes cost more, and the last process has them all.
//! Fails with: speed-up
//! Look for: when does each process end? The slowest one decides.

use std::process::ExitCode;
use std::time::Instant;

use lesson::{Options, say};
use overview_exercises::two_cores::{LIMIT, is_prime};
use process::Process;

fn primes(from: u32, to: u32) -> usize {
    (from..to).filter(|&number| is_prime(number)).count()
}

fn program(processes: u32) -> lesson::Result {
    let start = Instant::now();
    let share = LIMIT / processes;
    let mut workers = Vec::new();
    for number in 0..processes {
        let to = if number + 1 == processes { LIMIT } else { (number + 1) * share };
        workers.push(Process::spawn(primes, (number * share, to))?);
    }
    let mut found = 0;
    for worker in workers {
        found += worker.join()?;
    }
    let seconds = start.elapsed().as_secs_f64();
    say!("primes: {found}", "素数: {found}個");
    say!("seconds: {seconds:.2}", "所要時間: {seconds:.2}秒");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts primes.", "素数を数えます。");
    let about = about.number("processes", 1, 1..=16, "how many processes", "プロセスの数");
    lesson::run(about, |given| program(given.number("processes") as u32))
}
