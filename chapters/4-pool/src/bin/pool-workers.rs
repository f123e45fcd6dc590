//! Which worker did what: every task gives back the pid of the process that ran it.
//! Run it: `cargo run -p pool --bin pool-workers` (and try `-- --workers 1`)
//! Look for: the same few pids again and again. Does each worker do equally much, and the same in every run?

use std::collections::BTreeMap;
use std::process::{ExitCode, id};

use lesson::{Options, say, text};
use nix::unistd::Pid;
use pool::Pool;

const ITEMS: u32 = 12;

// ANCHOR: program
fn who(item: u32) -> (u32, u32) {
    (item, id())
}

fn program(workers: usize) -> lesson::Result {
    let pool = Pool::new(workers)?;
    let pids = pool.pids();
    let mut done: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    // One item in each message, so that a worker asks for more as soon as it is done.
    for (item, pid) in pool.map_chunked(who, 0..ITEMS, 1)? {
        done.entry(pid).or_default().push(item);
    }
    for (&pid, items) in &done {
        if !pids.contains(&Pid::from_raw(pid as i32)) {
            return Err(
                text!("{pid} is none of the workers", "{pid}はワーカーではありません").into()
            );
        }
        let items: Vec<String> = items.iter().map(u32::to_string).collect();
        let items = items.join(", ");
        say!(
            "worker (PID: {pid}) did items {items}",
            "ワーカー(PID: {pid})が処理した項目: {items}"
        );
    }
    let busy = done.len();
    say!(
        "{busy} of {workers} workers did {ITEMS} items",
        "{workers}個のワーカーのうち{busy}個が{ITEMS}個の項目を処理しました"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Shows which worker of a pool did which items.",
        "プールのどのワーカーがどの項目を処理したかを表示します。",
    )
    .number("workers", 3, 1..=64, "how many workers", "ワーカーの数");
    lesson::run(about, |given| program(given.number("workers")))
}
