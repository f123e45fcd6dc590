//! Exercise pool/5-grep: `grep -c` with two workers.
//! Run it: `cargo run -p pool-exercises --bin pool-grep -- fork chapters/2-process/src`
//! Check it: `cargo xtask exercise check grep`

use std::process::ExitCode;

use lesson::{Options, say};
use pool_exercises::grep::{files, read};

fn program(word: &str, folder: &str) -> lesson::Result {
    for file in files(folder)? {
        let bytes = read(&file)?;
        // TODO: count the lines that have the word in them; in a pool of two workers.
        let (_, lines) = (word, bytes.len());
        say!("{file}:{lines}", "{file}:{lines}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Looks for a word in files.", "ファイルから語を探します。");
    let about = about.operand("word", "what to look for", "探す語");
    let about = about.operand("folder", "in whose files", "探すファイルのフォルダー");
    lesson::run(about, |given| {
        program(given.text("word").unwrap_or("TODO"), given.text("folder").unwrap_or("."))
    })
}
