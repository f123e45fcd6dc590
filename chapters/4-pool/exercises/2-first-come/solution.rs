//! Exercise pool/2-first-come, solved: results in the order in which they come, and no more keys than needed.
//! Run it: `cargo run -p pool-exercises --bin pool-first-come-solution`
//! Look for: key 7 is the first that fits. Where is it in the output, and when does the program end?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_come::{WANTED, keys, try_key};

fn program() -> lesson::Result {
    let pool = Pool::new(3)?;
    let mut found = 0;
    // Takes a few keys ahead of what it has given out, so the endless list does no harm.
    for tried in pool.imap_unordered(try_key, keys()) {
        let (key, fits) = tried?;
        if fits {
            say!("fits: {key}", "合う鍵: {key}");
            found += 1;
        }
        if found == WANTED {
            break;
        }
    }
    // The pool's scope ends: a worker that still tries a slow key is ended with it.
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Tries keys.", "鍵を試します。");
    lesson::run(about, |_| program())
}
