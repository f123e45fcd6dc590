//! A wrong answer: every picture arrives or is named, but each waits for the one before it.
//! Fails with: one-after-another
//! Look for: what does the second worker do? And whose number is the 0 in `item 0`?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::crash_proof::{PICTURES, shrink};

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    for picture in 1..=PICTURES {
        match pool.map(shrink, [picture]) {
            Ok(sizes) => {
                for size in sizes {
                    say!("done: {picture} ({size} KB)", "完了: {picture} ({size} KB)");
                }
            }
            Err(error) => say!("failed: {picture}: {error}", "失敗: {picture}: {error}"),
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Shrinks pictures.", "画像を縮小します。");
    lesson::run(about, |_| program())
}
