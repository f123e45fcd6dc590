//! A wrong answer: `map` collects its items before it hands out the first, and these never end: capacity overflow.
//! Fails with: failed, first-come
//! Look for: which methods of a pool take their items while they give results, and which take all of them before?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_come::{WANTED, keys, try_key};

fn program() -> lesson::Result {
    let pool = Pool::new(3)?;
    let tried = pool.map(try_key, keys())?;
    for (key, _) in tried.into_iter().filter(|&(_, fits)| fits).take(WANTED) {
        say!("fits: {key}", "合う鍵: {key}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Tries keys.", "鍵を試します。");
    lesson::run(about, |_| program())
}
