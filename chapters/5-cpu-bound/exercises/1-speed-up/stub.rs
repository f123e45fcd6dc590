//! Exercise cpu-bound/1-speed-up: draw a picture 1.7 times as fast on two cores.
//! Run it: `cargo run -p cpu-bound-exercises --bin cpu-bound-speed-up -- --workers 2`
//! Check it: `cargo xtask exercise check speed-up`

use std::process::ExitCode;
use std::time::Instant;

use cpu_bound_exercises::speed_up::{ROWS, row};
use lesson::{Options, say};

fn program(workers: usize) -> lesson::Result {
    let _ = workers;
    let start = Instant::now();
    // TODO: one row after another, in this process. Let so many workers draw them.
    let steps: u64 = (0..ROWS).map(row).sum();
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
