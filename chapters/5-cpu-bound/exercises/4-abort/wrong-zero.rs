//! A wrong answer: what failed counts as zero, and looks like a result.
//! Fails with: results
//! Look for: could a reader of these lines know that the sum is not complete?

use std::process::ExitCode;

use cpu_bound_exercises::abort::{PARTS, part};
use lesson::{Options, say};
use pool::Pool;

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    let mut sum = 0;
    for (part, result) in (1..).zip(pool.try_map(part, 1..=PARTS)) {
        let result = result.unwrap_or(0);
        say!("part {part}: {result}", "部分{part}: {result}");
        sum += result;
    }
    say!("sum of the others: {sum}", "残りの合計: {sum}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Computes eight parts.", "八つの部分を計算します。");
    lesson::run(about, |_| program())
}
