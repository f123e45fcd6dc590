//! A wrong answer: threads that catch the panic. Nobody can catch an abort: it ends the process with all its threads.
//! Fails with: failed
//! Look for: how far did it come, and which signal ended it?

use std::panic::catch_unwind;
use std::process::ExitCode;

use cpu_bound::threads;
use cpu_bound_exercises::abort::{PARTS, part};
use lesson::{Options, say};

fn program() -> lesson::Result {
    let parts: Vec<u64> = (1..=PARTS).collect();
    let mut sum = 0;
    let results = threads::run(|number| catch_unwind(|| part(number)).ok(), &parts, 2);
    for (part, result) in parts.iter().zip(results) {
        match result {
            Some(result) => {
                say!("part {part}: {result}", "部分{part}: {result}");
                sum += result;
            }
            None => say!("part {part}: failed", "部分{part}: 失敗"),
        }
    }
    say!("sum of the others: {sum}", "残りの合計: {sum}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Computes eight parts.", "八つの部分を計算します。");
    lesson::run(about, |_| program())
}
