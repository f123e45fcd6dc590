//! Exercise pool/6-prepare-once: every task loads the dictionary; once a worker would do.
//! Run it: `cargo run -p pool-exercises --bin pool-prepare-once`
//! Check it: `cargo xtask exercise check prepare-once`

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::prepare_once::{load, text};

fn translate(word: String) -> String {
    // TODO: forty words, and the dictionary is loaded forty times.
    load().get(&word).cloned().unwrap_or(word)
}

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    let translated = pool.map(translate, text())?.join(", ");
    say!("translated: {translated}", "訳: {translated}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Looks up words.", "単語を引きます。");
    lesson::run(about, |_| program())
}
