//! Exercise cpu-bound/2-messages, solved: a thousand numbers in each message, so that the work outweighs it.
//! Run it: `cargo run -p cpu-bound-exercises --bin cpu-bound-messages-solution`, and with `-- --loop`
//! Look for: the time with chunks of 1, 10, 100, 1000 and 1 000 000. Where is the best, and how flat is it there?

use std::process::ExitCode;
use std::time::Instant;

use cpu_bound_exercises::messages::{LIMIT, steps};
use lesson::{Options, say};
use pool::Pool;

fn program(in_a_loop: bool) -> lesson::Result {
    let start = Instant::now();
    let all: Vec<u32> = if in_a_loop {
        (1..LIMIT).map(steps).collect()
    } else {
        Pool::new(2)?.map_chunked(steps, 1..LIMIT, 1_000)?
    };
    let seconds = start.elapsed().as_secs_f64();
    if let Some((longest, number)) = all.into_iter().zip(1..LIMIT).max() {
        say!("longest: {number} ({longest} steps)", "最長: {number} ({longest}歩)");
    }
    say!("seconds: {seconds:.2}", "所要時間: {seconds:.2}秒");
    Ok(())
}

fn main() -> ExitCode {
    let about =
        Options::new("Looks for the longest path to 1.", "1までの一番長い道のりを探します。");
    let about = about.flag("loop", "without a pool", "プールを使わない");
    lesson::run(about, |given| program(given.flag("loop")))
}
