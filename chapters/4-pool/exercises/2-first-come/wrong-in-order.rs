//! A wrong answer: three workers, but nobody hears of their results before those of key 7.
//! Fails with: first-come
//! Look for: what do the other two workers do while the first is busy with key 7?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_come::{WANTED, keys, try_key};

fn program() -> lesson::Result {
    let pool = Pool::new(3)?;
    let mut found = 0;
    for tried in pool.imap(try_key, keys()) {
        let (key, fits) = tried?;
        if fits {
            say!("fits: {key}", "合う鍵: {key}");
            found += 1;
        }
        if found == WANTED {
            break;
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Tries keys.", "鍵を試します。");
    lesson::run(about, |_| program())
}
