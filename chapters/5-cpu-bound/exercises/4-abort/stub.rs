//! Exercise cpu-bound/4-abort: one part aborts the process, another one panics; keep the rest.
//! Run it: `cargo run -p cpu-bound-exercises --bin cpu-bound-abort`
//! Check it: `cargo xtask exercise check abort`

use std::process::ExitCode;

use cpu_bound::threads;
use cpu_bound_exercises::abort::{PARTS, part};
use lesson::{Options, say};

fn program() -> lesson::Result {
    let parts: Vec<u64> = (1..=PARTS).collect();
    // TODO: two threads, and nothing at all arrives. What do threads share that they should not?
    let results = threads::run(part, &parts, 2);
    for (part, result) in parts.iter().zip(&results) {
        say!("part {part}: {result}", "部分{part}: {result}");
    }
    let sum: u64 = results.iter().sum();
    say!("sum of the others: {sum}", "残りの合計: {sum}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Computes eight parts.", "八つの部分を計算します。");
    lesson::run(about, |_| program())
}
