//! Exercise cpu-bound/1-speed-up, solved: one row at a time, so that nobody is left with many dear ones at the end.
//! Run it: `cargo run -p cpu-bound-exercises --bin cpu-bound-speed-up-solution -- --workers 2`
//! Look for: how much less time it takes than with `--workers 1`. And with 4, on your machine?

use std::process::ExitCode;
use std::time::Instant;

use cpu_bound_exercises::speed_up::{ROWS, row};
use lesson::{Options, say};
use pool::Pool;

fn program(workers: usize) -> lesson::Result {
    let pool = Pool::new(workers)?;
    let start = Instant::now();
    // A row is work for about a millisecond, and its message for about a microsecond.
    let steps: u64 = pool.map_chunked(row, 0..ROWS, 1)?.into_iter().sum();
    let seconds = start.elapsed().as_secs_f64();
    say!("steps: {steps}", "計算の回数: {steps}");
    say!("seconds: {seconds:.2}", "所要時間: {seconds:.2}秒");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Draws half a picture.", "画像の半分を描きます。");
    let about = about.number("workers", 1, 1..=16, "how many workers", "ワーカーの数");
    lesson::run(about, |given| program(given.number("workers")))
}
