//! Exercise pool/2-first-come: an endless list of keys; show those that fit as soon as it is known.
//! Run it: `cargo run -p pool-exercises --bin pool-first-come`
//! Check it: `cargo xtask exercise check first-come`

use std::process::ExitCode;

use lesson::{Options, say};
use pool_exercises::first_come::{WANTED, keys, try_key};

fn program() -> lesson::Result {
    let mut found = 0;
    // TODO: one after another, so a slow key holds up all that come after it. Use a pool of three workers.
    for (key, fits) in keys().map(try_key) {
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
