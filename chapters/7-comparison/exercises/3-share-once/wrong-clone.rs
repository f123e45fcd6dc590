//! A wrong answer: threads could share the table, but each is given a clone, so that the compiler is content.
//! Fails with: memory
//! Look for: what does the compiler say without the clone, and what else would it accept?

use std::process::ExitCode;
use std::thread;

use comparison_exercises::share_once::{ENTRIES, sum, table};
use lesson::{Options, say, text};

fn program() -> lesson::Result {
    let table = table();
    let mut workers = Vec::new();
    for worker in 1..=2 {
        let table = table.clone();
        workers.push(thread::spawn(move || {
            let (first, second) = table.split_at(ENTRIES / 2);
            sum(worker, if worker == 1 { first } else { second })
        }));
    }
    let mut total = 0;
    for worker in workers {
        let sum = worker.join();
        total += sum.map_err(|_| text!("a thread panicked", "スレッドがパニックしました"))?;
    }
    say!("sum: {total}", "合計: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Sums up a large table.", "大きな表の合計を求めます。");
    lesson::run(about, |_| program())
}
