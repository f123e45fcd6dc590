//! A wrong answer: one table and two threads, but the second one starts when the first has ended.
//! Fails with: one-after-another
//! Look for: the join in the same line as the spawn.

use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use comparison_exercises::share_once::{ENTRIES, sum, table};
use lesson::{Options, say, text};

fn program() -> lesson::Result {
    let table = Arc::new(table());
    let mut total = 0;
    for worker in 1..=2 {
        let table = Arc::clone(&table);
        let half = move || {
            let (first, second) = table.split_at(ENTRIES / 2);
            sum(worker, if worker == 1 { first } else { second })
        };
        let sum = thread::spawn(half).join();
        total += sum.map_err(|_| text!("a thread panicked", "スレッドがパニックしました"))?;
    }
    say!("sum: {total}", "合計: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Sums up a large table.", "大きな表の合計を求めます。");
    lesson::run(about, |_| program())
}
