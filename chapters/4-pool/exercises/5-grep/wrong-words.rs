//! A wrong answer: it counts the words, where `grep -c` counts the lines that have one.
//! Fails with: results
//! Look for: a line with the word twice.

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::grep::{files, read};

/// How often a file has the word in it.
fn count(word: String, file: String) -> Result<usize, String> {
    let bytes = read(&file).map_err(|error| format!("{file}: {error}"))?;
    Ok(bytes.windows(word.len()).filter(|part| *part == word.as_bytes()).count())
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
