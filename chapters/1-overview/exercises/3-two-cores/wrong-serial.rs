//! A wrong answer: fair shares, but each process is joined before the next one starts.
//! Fails with: speed-up, together
//! Look for: the `join` in the loop that starts.

use std::process::ExitCode;
use std::time::Instant;

use lesson::{Options, say};
use overview_exercises::two_cores::{LIMIT, is_prime};
use process::Process;

/// What one process does: blocks of 500 numbers, from everywhere.
fn share(number: u32, processes: u32) -> usize {
    let mine = (number..LIMIT / 500).step_by(processes as usize);
    mine.map(|block| primes(block * 500, (block + 1) * 500)).sum()
}

fn primes(from: u32, to: u32) -> usize {
    (from..to).filter(|&number| is_prime(number)).count()
}

fn program(processes: u32) -> lesson::Result {
    let start = Instant::now();
    let mut found = 0;
    for number in 0..processes {
        found += Process::spawn(share, (number, processes))?.join()?;
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
