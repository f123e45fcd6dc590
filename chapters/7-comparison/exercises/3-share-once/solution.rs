//! Exercise comparison/3-share-once, solved: two threads read the same table, each its half.
//! Run it: `cargo run -p comparison-exercises --bin comparison-share-once-solution`
//! Look for: one PID. Why is there no lock, and no `Arc`?

use std::process::ExitCode;
use std::thread;

use comparison_exercises::share_once::{ENTRIES, sum, table};
use lesson::{Options, say, text};

fn program() -> lesson::Result {
    let table = table();
    let (first, second) = table.split_at(ENTRIES / 2);
    // The scope ends when both threads have, so they may borrow the table; and who only reads needs no lock.
    let sums = thread::scope(|scope| {
        let workers = [scope.spawn(|| sum(1, first)), scope.spawn(|| sum(2, second))];
        workers.map(|worker| worker.join())
    });
    let mut total = 0;
    for sum in sums {
        total += sum.map_err(|_| text!("a thread panicked", "スレッドがパニックしました"))?;
    }
    say!("sum: {total}", "合計: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Sums up a large table.", "大きな表の合計を求めます。");
    lesson::run(about, |_| program())
}
