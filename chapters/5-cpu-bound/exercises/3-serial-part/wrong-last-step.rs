//! A wrong answer: the last step is in the pool as well. The first one still has one core, and a third of the time.
//! Fails with: speed-up
//! Look for: what do the workers do until all pages are sharpened?

use std::process::ExitCode;

use cpu_bound::speed_up::timed;
use cpu_bound_exercises::serial_part::{PAGES, proof, read, sharpen};
use lesson::{Options, say};
use pool::Pool;

fn program(workers: usize) -> lesson::Result {
    let pool = Pool::new(workers)?;
    let (sharpened, sharpening) = timed(|| (0..PAGES).map(sharpen).collect::<Vec<u64>>());
    let (texts, reading) = timed(|| pool.map_chunked(read, sharpened, 1));
    let texts = texts?;
    let (mistakes, proofing) = timed(|| pool.map_chunked(proof, texts, 1));
    let mistakes: u64 = mistakes?.into_iter().sum();
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
