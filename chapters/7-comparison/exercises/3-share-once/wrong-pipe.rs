//! A wrong answer: the workers start before the table is there, so they inherit nothing; then it is sent to each.
//! Fails with: memory
//! Look for: what goes through a pipe is copied, and the copy is as large.

use std::process::ExitCode;

use comparison_exercises::share_once::{ENTRIES, sum, table};
use lesson::{Options, say};
use process::Process;
use queue::{Receiver, pipe};

fn sum_half(worker: u32, tables: Receiver<Vec<u64>>) -> Result<u64, String> {
    let table = tables.recv().map_err(|error| error.to_string())?;
    let (first, second) = table.split_at(ENTRIES / 2);
    Ok(sum(worker, if worker == 1 { first } else { second }))
}

fn program() -> lesson::Result {
    let mut workers = Vec::new();
    for worker in 1..=2 {
        let (sender, receiver) = pipe()?;
        workers.push((Process::spawn(sum_half, (worker, receiver))?, sender));
    }
    let table = table();
    let mut total = 0;
    let mut started = Vec::new();
    for (worker, sender) in workers {
        sender.send(table.clone())?;
        started.push(worker);
    }
    for worker in started {
        total += worker.join()??;
    }
    say!("sum: {total}", "合計: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Sums up a large table.", "大きな表の合計を求めます。");
    lesson::run(about, |_| program())
}
