//! Exercise cpu-bound/4-abort, solved: each part runs in a process that it can take along alone.
//! Run it: `cargo run -p cpu-bound-exercises --bin cpu-bound-abort-solution`
//! Look for: the two reasons. Which of them could threads have told as well?

use std::process::ExitCode;

use cpu_bound_exercises::abort::{PARTS, part};
use lesson::{Options, say};
use pool::Pool;

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    let mut sum = 0;
    for (part, result) in (1..).zip(pool.try_map(part, 1..=PARTS)) {
        match result {
            Ok(result) => {
                say!("part {part}: {result}", "部分{part}: {result}");
                sum += result;
            }
            Err(error) => say!("part {part}: failed: {error}", "部分{part}: 失敗: {error}"),
        }
    }
    say!("sum of the others: {sum}", "残りの合計: {sum}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Computes eight parts.", "八つの部分を計算します。");
    lesson::run(about, |_| program())
}
