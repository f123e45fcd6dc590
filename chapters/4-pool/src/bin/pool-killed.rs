//! A worker is killed in the middle of a task, as the kernel does when memory runs out.
//! Run it: `cargo run -p pool --bin pool-killed`
//! Look for: one error that names PID, signal and item; a new PID. What does Python do (python/pool_killed.py)?

use std::process::ExitCode;

use lesson::{Options, say, text};
use nix::sys::signal::{Signal, raise};
use pool::{Pool, TaskError};

// ANCHOR: program
fn square(n: u32) -> u32 {
    if n == 3 {
        // Nothing in this process can prevent it, or clean up after it.
        let _ = raise(Signal::SIGKILL);
    }
    n * n
}

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    let before = pool.pids();
    let listed = list(&before);
    say!("workers before: {listed}", "ワーカー(前): {listed}");
    let results = pool.try_map(square, 1..=5);
    for (item, result) in results.iter().enumerate() {
        match result {
            Ok(square) => say!("item {item}: {square}", "項目{item}: {square}"),
            Err(error) => say!("item {item}: error: {error}", "項目{item}: エラー: {error}"),
        }
    }
    let Err(TaskError::WorkerDied { item: 2, pid, end }) = &results[2] else {
        return Err(text!("item 2 should have failed", "項目2は失敗するはずでした").into());
    };
    let others: Vec<u32> = results.iter().flatten().copied().collect();
    if others != [1, 4, 16, 25] || end.signal() != Some(Signal::SIGKILL) || !before.contains(pid) {
        return Err(text!("only item 2 should fail", "失敗は項目2だけのはずでした").into());
    }

    let again = pool.map(square, [6, 7, 8])?;
    say!("the pool goes on: {again:?}", "プールは続行できます: {again:?}");
    let after = pool.pids();
    let listed = list(&after);
    say!("workers after: {listed}", "ワーカー(後): {listed}");
    if after.len() != 2 || after.contains(pid) {
        return Err(text!("no replacement", "代わりのワーカーがいません").into());
    }
    Ok(())
}
// ANCHOR_END: program

fn list(pids: &[nix::unistd::Pid]) -> String {
    pids.iter().map(|pid| format!("PID {pid}")).collect::<Vec<_>>().join(", ")
}

fn main() -> ExitCode {
    let about = Options::new(
        "A worker of a pool is killed in the middle of a task.",
        "プールのワーカーがタスクの途中で強制終了されます。",
    );
    lesson::run(about, |_| program())
}
