//! Exercise pool/6-prepare-once, solved: each worker loads the dictionary before its first task.
//! Run it: `cargo run -p pool-exercises --bin pool-prepare-once-solution`
//! Look for: how many lines tell that it is loaded? Is the parent's PID among them?

use std::process::ExitCode;
use std::sync::OnceLock;

use lesson::{Options, say};
use pool::Builder;
use pool_exercises::prepare_once::{Dictionary, load, text};

/// In each process its own: empty in the parent, filled in every worker.
static DICTIONARY: OnceLock<Dictionary> = OnceLock::new();

fn prepare() {
    DICTIONARY.get_or_init(load);
}

fn translate(word: String) -> String {
    DICTIONARY.get().and_then(|known| known.get(&word)).cloned().unwrap_or(word)
}

fn program() -> lesson::Result {
    let pool = Builder::new().workers(2).initializer(prepare, ()).build()?;
    let translated = pool.map(translate, text())?.join(", ");
    say!("translated: {translated}", "訳: {translated}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Looks up words.", "単語を引きます。");
    lesson::run(about, |_| program())
}
