//! Exercise overview/2-own-memory, solved: each call spoils a copy, and the copy ends with its process.
//! Run it: `cargo run -p overview-exercises --bin overview-own-memory-solution`
//! Look for: three calls have raised the rate. Why does the last line not show it?

use std::process::ExitCode;

use lesson::{Options, say};
use overview_exercises::own_memory::{price, rate};
use process::Process;

fn program(first: u32) -> lesson::Result {
    let mut prices = Vec::new();
    for amount in first..first + 3 {
        // Each child begins with a copy of this memory, in which the rate is as it was.
        prices.push(Process::spawn(price, (amount,))?.join()?);
    }
    let rate = rate();
    say!("prices: {prices:?}", "料金: {prices:?}");
    say!("rate: {rate}", "単価: {rate}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Three prices at one rate.", "同じ単価で三つの料金を計算します。");
    let about = about.number("first", 1, 1..=1000, "the first of three amounts", "最初の数量");
    lesson::run(about, |given| program(given.number("first") as u32))
}
