//! A wrong answer: what failed is tried again until it works. Picture 3 will never work.
//! Fails with: output, deadline
//! Look for: how many workers does it cost, and who pays for it if each of them sends an e-mail first?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::crash_proof::{PICTURES, shrink};

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    let mut left: Vec<u32> = (1..=PICTURES).collect();
    while !left.is_empty() {
        let results = pool.try_map(shrink, left.clone());
        let mut failed = Vec::new();
        for (picture, result) in left.into_iter().zip(results) {
            match result {
                Ok(size) => say!("done: {picture} ({size} KB)", "完了: {picture} ({size} KB)"),
                Err(_) => failed.push(picture),
            }
        }
        left = failed;
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Shrinks pictures.", "画像を縮小します。");
    lesson::run(about, |_| program())
}
