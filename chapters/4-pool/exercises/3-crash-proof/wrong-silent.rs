//! A wrong answer: the others arrive, but nobody learns which pictures are missing.
//! Fails with: not-named
//! Look for: what does `flatten` do with an error?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::crash_proof::{PICTURES, shrink};

fn picture_and_size(picture: u32) -> (u32, u32) {
    (picture, shrink(picture))
}

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    for (picture, size) in pool.try_map(picture_and_size, 1..=PICTURES).into_iter().flatten() {
        say!("done: {picture} ({size} KB)", "完了: {picture} ({size} KB)");
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Shrinks pictures.", "画像を縮小します。");
    lesson::run(about, |_| program())
}
