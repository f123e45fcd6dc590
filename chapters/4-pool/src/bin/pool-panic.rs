//! One task of five panics: that is its own error; the others arrive, and the same worker goes on.
//! Run it: `cargo run -p pool --bin pool-panic`
//! Look for: the same PID before and after the panic. Which process prints the panic's message, and where?

use std::process::{ExitCode, id};

use lesson::{Options, say, text};
use pool::{Pool, TaskError};

// ANCHOR: program
fn root(n: i32) -> (u32, u32) {
    let Ok(n) = u32::try_from(n) else {
        panic!("{}", text!("{n} has no square root", "{n}の平方根はありません"))
    };
    (n.isqrt(), id())
}

fn program() -> lesson::Result {
    let pool = Pool::new(1)?;
    let pids = pool.pids();
    let results = pool.try_map(root, [1, 4, -9, 16, 25]);
    for result in &results {
        match result {
            Ok((root, pid)) => say!("{root} (PID: {pid})", "{root}(PID: {pid})"),
            Err(error) => say!("error: {error}", "エラー: {error}"),
        }
    }
    let roots: Vec<_> = results.iter().flatten().map(|&(root, _)| root).collect();
    let panicked =
        matches!(results[2], Err(TaskError::Panicked { item: 2, pid, .. }) if pid == pids[0]);
    if roots != [1, 2, 4, 5] || !panicked || pool.pids() != pids {
        return Err(text!("only item 2 should fail", "失敗は項目2だけのはずでした").into());
    }
    // `map` gives no results at all then, but the first error.
    match pool.map(root, [1, 4, -9]) {
        Err(error) => say!("map: {error}", "map: {error}"),
        Ok(_) => return Err(text!("map hid the panic", "mapがパニックを隠しました").into()),
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "What a panic in a task does: to its result, to the others, to the worker.",
        "タスクのパニックが、その結果、ほかの結果、ワーカーにもたらすこと。",
    );
    lesson::run(about, |_| program())
}
