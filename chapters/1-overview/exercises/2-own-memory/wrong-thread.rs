//! A wrong answer: a thread has no memory of its own, so each call still changes the rate for all.
//! Fails with: results
//! Look for: the rate in the last line.

use std::process::ExitCode;

use lesson::{Options, say};
use overview_exercises::own_memory::{price, rate};

fn program(first: u32) -> lesson::Result {
    let mut prices = Vec::new();
    for amount in first..first + 3 {
        // Another thread, the same variable.
        let price = std::thread::spawn(move || price(amount));
        prices.push(price.join().map_err(|_| "the thread panicked")?);
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
