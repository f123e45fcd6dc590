//! Exercise comparison/3-share-once: two workers read one large table, and each has a copy of its own.
//! Run it: `cargo run -p comparison-exercises --bin comparison-share-once`
//! Check it: `cargo xtask exercise check share-once`

use std::process::ExitCode;

use comparison_exercises::share_once::{ENTRIES, sum, table};
use lesson::{Options, say};
use process::Process;

fn sum_half(worker: u32, table: Vec<u64>) -> u64 {
    let (first, second) = table.split_at(ENTRIES / 2);
    sum(worker, if worker == 1 { first } else { second })
}

fn program() -> lesson::Result {
    let table = table();
    let mut workers = Vec::new();
    for worker in 1..=2 {
        // TODO: the table three times over. Does anybody write to it?
        workers.push(Process::spawn(sum_half, (worker, table.clone()))?);
    }
    let mut total = 0;
    for worker in workers {
        total += worker.join()?;
    }
    say!("sum: {total}", "合計: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Sums up a large table.", "大きな表の合計を求めます。");
    lesson::run(about, |_| program())
}
