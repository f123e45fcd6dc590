//! A wrong answer: an initializer, but the workers are replaced after each task, and every new one loads again.
//! Fails with: loaded
//! Look for: what is an initializer worth if its worker does a single task?

use std::process::ExitCode;
use std::sync::OnceLock;

use lesson::{Options, say};
use pool::Builder;
use pool_exercises::prepare_once::{Dictionary, load, text};

static DICTIONARY: OnceLock<Dictionary> = OnceLock::new();

fn prepare() {
    DICTIONARY.get_or_init(load);
}

fn translate(word: String) -> String {
    DICTIONARY.get().and_then(|known| known.get(&word)).cloned().unwrap_or(word)
}

fn program() -> lesson::Result {
    let builder = Builder::new().workers(2).max_tasks_per_child(1).initializer(prepare, ());
    let translated = builder.build()?.map(translate, text())?.join(", ");
    say!("translated: {translated}", "訳: {translated}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Looks up words.", "単語を引きます。");
    lesson::run(about, |_| program())
}
