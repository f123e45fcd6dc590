//! A wrong answer: it first collects what fits, and then shows it. All five, but late.
//! Fails with: first-come
//! Look for: what is on the screen while the fifth key is still searched for?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_come::{WANTED, keys, try_key};

fn program() -> lesson::Result {
    let pool = Pool::new(3)?;
    let tried = pool.imap_unordered(try_key, keys());
    let found: Vec<_> = tried
        .filter(|tried| !matches!(tried, Ok((_, false))))
        .take(WANTED)
        .collect::<Result<_, _>>()?;
    for (key, _) in found {
        say!("fits: {key}", "合う鍵: {key}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Tries keys.", "鍵を試します。");
    lesson::run(about, |_| program())
}
