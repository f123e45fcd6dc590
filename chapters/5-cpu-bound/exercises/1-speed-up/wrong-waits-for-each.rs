//! A wrong answer: it waits for each row before it hands in the next.
//! Fails with: speed-up
//! Look for: how many tasks are there at any time?

use std::process::ExitCode;
use std::time::Instant;

use cpu_bound_exercises::speed_up::{ROWS, row};
use lesson::{Options, say};
use pool::Pool;

fn program(workers: usize) -> lesson::Result {
    let pool = Pool::new(workers)?;
    let start = Instant::now();
    let mut steps = 0;
    for y in 0..ROWS {
        steps += pool.submit(row, y).wait()?;
    }
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
