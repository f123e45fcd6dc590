//! Exercise overview/2-own-memory: call a function that leaves its mark, and keep clean.
//! Run it: `cargo run -p overview-exercises --bin overview-own-memory`
//! Check it: `cargo xtask exercise check own-memory`

use std::process::ExitCode;

use lesson::{Options, say};
use overview_exercises::own_memory::{price, rate};

fn program(first: u32) -> lesson::Result {
    let mut prices = Vec::new();
    for amount in first..first + 3 {
        // TODO: each call changes the rate for the next one. Where could it do so without harm?
        prices.push(price(amount));
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
