//! A wrong answer: each process takes every second number, so that one has all the even ones.
//! Fails with: speed-up, together
//! Look for: how many even primes are there, and what does it cost to find out that a number is even?

use std::process::ExitCode;
use std::time::Instant;

use lesson::{Options, say};
use overview_exercises::two_cores::{LIMIT, is_prime};
use process::Process;

fn share(number: u32, processes: u32) -> usize {
    (number..LIMIT).step_by(processes as usize).filter(|&number| is_prime(number)).count()
}

fn program(processes: u32) -> lesson::Result {
    let start = Instant::now();
    let mut workers = Vec::new();
    for number in 0..processes {
        workers.push(Process::spawn(share, (number, processes))?);
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
