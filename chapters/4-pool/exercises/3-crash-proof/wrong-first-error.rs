//! A wrong answer: results are shown one by one, but the first error ends the program, and the rest with it.
//! Fails with: failed
//! Look for: the question mark in the loop.

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::crash_proof::{PICTURES, shrink};

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    for (picture, size) in (1..).zip(pool.imap(shrink, 1..=PICTURES)) {
        let size = size?;
        say!("done: {picture} ({size} KB)", "完了: {picture} ({size} KB)");
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Shrinks pictures.", "画像を縮小します。");
    lesson::run(about, |_| program())
}
