//! Exercise cpu-bound/3-serial-part, solved: a page goes through all three steps in a worker.
//! Run it: `cargo run -p cpu-bound-exercises --bin cpu-bound-serial-part-solution -- --workers 2`
//! Look for: half the time of `--workers 1`. What is still serial?

use std::process::ExitCode;

use cpu_bound::speed_up::timed;
use cpu_bound_exercises::serial_part::{PAGES, proof, read, sharpen};
use lesson::{Options, say};
use pool::Pool;

/// Everything that one page needs, without the other pages.
fn mistakes(page: u32) -> u64 {
    proof(read(sharpen(page)))
}

fn program(workers: usize) -> lesson::Result {
    let pool = Pool::new(workers)?;
    let (counts, time) = timed(|| pool.map_chunked(mistakes, 0..PAGES, 1));
    let mistakes: u64 = counts?.into_iter().sum();
    let seconds = time.as_secs_f64();
    say!("mistakes: {mistakes}", "誤り: {mistakes}");
    say!("seconds: {seconds:.2}", "所要時間(秒): {seconds:.2}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Reads scanned pages.", "スキャンしたページを読み取ります。");
    let about = about.number("workers", 1, 1..=16, "how many workers", "ワーカーの数");
    lesson::run(about, |given| program(given.number("workers")))
}
