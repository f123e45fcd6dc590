//! Exercise overview/3-two-cores, solved: every process takes blocks from everywhere, so the shares are fair.
//! Run it: `cargo run -p overview-exercises --bin overview-two-cores-solution -- --processes 2`
//! Look for: how much less time it takes than with `--processes 1`. And with 4?

use std::process::ExitCode;
use std::time::Instant;

use lesson::{Options, say};
use overview_exercises::two_cores::{LIMIT, is_prime};
use process::Process;

/// Enough blocks that nobody has many more of the dear ones.
const BLOCK: u32 = 500;

/// What one process does: one block out of as many as there are processes.
fn share(number: u32, processes: u32) -> usize {
    let mine = (number..LIMIT / BLOCK).step_by(processes as usize);
    mine.map(|block| primes(block * BLOCK, (block + 1) * BLOCK)).sum()
}

fn primes(from: u32, to: u32) -> usize {
    (from..to).filter(|&number| is_prime(number)).count()
}

fn program(processes: u32) -> lesson::Result {
    let start = Instant::now();
    // All of them are started before the first is joined.
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
