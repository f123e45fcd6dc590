//! Exercise pool/3-crash-proof, solved: each picture has its own result, or its own error.
//! Run it: `cargo run -p pool-exercises --bin pool-crash-proof-solution`
//! Look for: how many PIDs are there in all? Which of the two failures needed a new worker?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::crash_proof::{PICTURES, shrink};

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    // A result for each item, in the items' order: so counting along tells which picture each belongs to.
    for (picture, result) in (1..).zip(pool.try_map(shrink, 1..=PICTURES)) {
        match result {
            Ok(size) => say!("done: {picture} ({size} KB)", "完了: {picture} ({size} KB)"),
            Err(error) => say!("failed: {picture}: {error}", "失敗: {picture}: {error}"),
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Shrinks pictures.", "画像を縮小します。");
    lesson::run(about, |_| program())
}
