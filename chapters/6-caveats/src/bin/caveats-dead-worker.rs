//! A worker of a pool is killed in the middle of a task.
//! Run it: `cargo run -p caveats --bin caveats-dead-worker`
//! Look for: one error that names the dead worker, the other results all there, and a pool that goes on.

use std::process::ExitCode;

use lesson::{Options, say, text};
use nix::sys::signal::{Signal, raise};
use pool::{Pool, TaskError};

const ITEMS: [u32; 6] = [0, 1, 2, 3, 4, 5];
const UNLUCKY: u32 = 3;

// ANCHOR: program
fn square(n: u32) -> u32 {
    if n == UNLUCKY {
        // What the kernel does to a process when memory runs out: no handler, no destructor, no farewell.
        let _ = raise(Signal::SIGKILL);
    }
    n * n
}

fn program(workers: usize) -> lesson::Result {
    let pool = Pool::new(workers)?;
    let before = pool.pids();
    let mut killed = None;
    for (n, result) in ITEMS.into_iter().zip(pool.try_map(square, ITEMS)) {
        match result {
            Ok(square) => say!("{n} → {square}", "{n} → {square}"),
            Err(error @ TaskError::WorkerDied { pid, .. }) => {
                say!("{n} → error: {error}", "{n} → エラー: {error}");
                killed = Some((n, pid));
            }
            Err(other) => return Err(other.into()),
        }
    }
    let Some((UNLUCKY, pid)) = killed else {
        return Err(text!(
            "the wrong item failed: {killed:?}",
            "失敗した項目が違います: {killed:?}"
        )
        .into());
    };
    if !before.contains(&pid) {
        return Err(text!("{pid} was no worker", "{pid}はワーカーではありません").into());
    }
    let again = pool.map(square, [6, 7, 8])?;
    say!("the pool goes on: {again:?}", "プールは動き続けます: {again:?}");
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Kills a worker of a pool in the middle of a task.",
        "プールのワーカーをタスクの途中で強制終了します。",
    )
    .number("workers", 2, 1..=64, "workers of the pool", "プールのワーカー数");
    lesson::run(about, |given| program(given.number("workers")))
}
