//! A wrong answer: a hundred keys at a time with `map`. The list may be endless now, but each hundred waits for its
//! slowest key.
//! Fails with: first-come
//! Look for: two workers are idle at the end of each hundred. Until when?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_come::{WANTED, keys, try_key};

fn program() -> lesson::Result {
    let pool = Pool::new(3)?;
    let (mut keys, mut left) = (keys(), WANTED);
    while left > 0 {
        let tried = pool.map(try_key, keys.by_ref().take(100))?;
        for (key, _) in tried.into_iter().filter(|&(_, fits)| fits).take(left) {
            say!("fits: {key}", "合う鍵: {key}");
            left -= 1;
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Tries keys.", "鍵を試します。");
    lesson::run(about, |_| program())
}
