//! A wrong answer to this exercise, though as fast: these are threads of one process.
//! Fails with: together, speed-up
//! Look for: nothing but the number of processes. What would happen in Python?

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use lesson::{Options, say};
use overview_exercises::two_cores::{LIMIT, is_prime};

/// What one thread does: blocks of 500 numbers, from everywhere.
fn share(number: u32, threads: u32) -> usize {
    let mine = (number..LIMIT / 500).step_by(threads as usize);
    mine.map(|block| primes(block * 500, (block + 1) * 500)).sum()
}

fn primes(from: u32, to: u32) -> usize {
    (from..to).filter(|&number| is_prime(number)).count()
}

fn program(processes: u32) -> lesson::Result {
    let start = Instant::now();
    let start_one = |number| thread::spawn(move || share(number, processes));
    let workers: Vec<_> = (0..processes).map(start_one).collect();
    let mut found = 0;
    for worker in workers {
        found += worker.join().map_err(|_| "a thread panicked")?;
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
