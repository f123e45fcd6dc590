//! Exercise cpu-bound/3-serial-part: a second worker, and hardly any faster. Find out what is serial.
//! Run it: `cargo run -p cpu-bound-exercises --bin cpu-bound-serial-part -- --workers 2`
//! Check it: `cargo xtask exercise check serial-part`

use std::process::ExitCode;

use cpu_bound::speed_up::timed;
use cpu_bound_exercises::serial_part::{PAGES, proof, read, sharpen};
use lesson::{Options, say};
use pool::Pool;

fn program(workers: usize) -> lesson::Result {
    let pool = Pool::new(workers)?;
    // TODO: the reading is in the pool. Why does the whole gain so little from a second worker?
    let (sharpened, sharpening) = timed(|| (0..PAGES).map(sharpen).collect::<Vec<u64>>());
    let (texts, reading) = timed(|| pool.map_chunked(read, sharpened, 1));
    let texts = texts?;
    let (mistakes, proofing) = timed(|| texts.into_iter().map(proof).sum::<u64>());
    let seconds = [sharpening, reading, proofing].map(|time| time.as_secs_f64());
    say!("mistakes: {mistakes}", "誤り: {mistakes}");
    say!("seconds: {seconds:.2?}", "所要時間(秒): {seconds:.2?}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Reads scanned pages.", "スキャンしたページを読み取ります。");
    let about = about.number("workers", 1, 1..=16, "how many workers", "ワーカーの数");
    lesson::run(about, |given| program(given.number("workers")))
}
