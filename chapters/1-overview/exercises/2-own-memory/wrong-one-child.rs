//! A wrong answer: the parent stays clean, but within the one child each call spoils the next.
//! Fails with: results
//! Look for: the last line is right. Which of the prices are?

use std::process::ExitCode;

use lesson::{Options, say};
use overview_exercises::own_memory::{price, rate};
use process::Process;

fn all_prices(first: u32) -> Vec<u32> {
    (first..first + 3).map(price).collect()
}

fn program(first: u32) -> lesson::Result {
    let prices = Process::spawn(all_prices, (first,))?.join()?;
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
