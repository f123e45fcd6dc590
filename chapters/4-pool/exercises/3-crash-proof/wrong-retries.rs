//! A wrong answer: three more tries for each picture whose worker died. It may have been done to its last step but one.
//! Fails with: duplicated, results, not-named
//! Look for: how often was picture 3 begun, and how many workers did it kill?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Builder;
use pool_exercises::crash_proof::{PICTURES, shrink};

fn program() -> lesson::Result {
    let pool = Builder::new().workers(2).retries(3).build()?;
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
