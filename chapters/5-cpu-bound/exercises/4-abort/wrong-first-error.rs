//! A wrong answer: processes, but `map` gives the first error instead of the results.
//! Fails with: failed
//! Look for: six parts were computed. Where are they?

use std::process::ExitCode;

use cpu_bound_exercises::abort::{PARTS, part};
use lesson::{Options, say};
use pool::Pool;

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    let results = pool.map(part, 1..=PARTS)?;
    for (part, result) in (1..).zip(&results) {
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
