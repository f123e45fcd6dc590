//! A wrong answer: the parent loads it when the workers are there already. They have memory of their own.
//! Fails with: results
//! Look for: which process's `DICTIONARY` is filled?

use std::process::ExitCode;
use std::sync::OnceLock;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::prepare_once::{Dictionary, load, text};

static DICTIONARY: OnceLock<Dictionary> = OnceLock::new();

fn translate(word: String) -> String {
    DICTIONARY.get().and_then(|known| known.get(&word)).cloned().unwrap_or(word)
}

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    DICTIONARY.get_or_init(load);
    let translated = pool.map(translate, text())?.join(", ");
    say!("translated: {translated}", "訳: {translated}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Looks up words.", "単語を引きます。");
    lesson::run(about, |_| program())
}
