//! Exercise overview/3-two-cores: count primes with several processes, in less time.
//! Run it: `cargo run -p overview-exercises --bin overview-two-cores -- --processes 2`
//! Check it: `cargo xtask exercise check two-cores`

use std::process::ExitCode;
use std::time::Instant;

use lesson::{Options, say};
use overview_exercises::two_cores::{LIMIT, is_prime};

fn primes(from: u32, to: u32) -> usize {
    (from..to).filter(|&number| is_prime(number)).count()
}

fn program(processes: u32) -> lesson::Result {
    let start = Instant::now();
    // TODO: one process does all of it. Divide the numbers among so many processes, in fair shares.
    let _ = processes;
    let found = primes(0, LIMIT);
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
