//! A wrong answer: it takes every file for text, and one is none.
//! Fails with: failed
//! Look for: what is a `String` allowed to have in it, and what a file?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::grep::{files, read};

/// How many lines of a file have the word in them.
fn count(word: String, file: String) -> Result<usize, String> {
    let bytes = read(&file).map_err(|error| format!("{file}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{file}: {error}"))?;
    Ok(text.lines().filter(|line| line.contains(&word)).count())
}

fn program(word: &str, folder: &str) -> lesson::Result {
    let files = files(folder)?;
    let pool = Pool::new(2)?;
    let items = files.iter().map(|file| (word.to_owned(), file.clone()));
    for (file, lines) in files.iter().zip(pool.starmap(count, items)?) {
        let lines = lines?;
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
