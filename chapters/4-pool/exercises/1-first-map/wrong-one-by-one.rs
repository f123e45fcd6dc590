//! A wrong answer: there is a pool of two, but it is given the next file when it is done with the last.
//! Fails with: together
//! Look for: `map` blocks until all that it was given is done.

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_map::{files, words};

fn program(folder: &str) -> lesson::Result {
    let pool = Pool::new(2)?;
    let mut total = 0;
    for file in files(folder)? {
        for words in pool.map(words, [file.clone()])? {
            say!("{file}: {words}", "{file}: {words}");
            total += words;
        }
    }
    say!("total: {total}", "合計: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts the words of files.", "ファイルの単語を数えます。");
    let about = about.operand("folder", "whose files", "数えるファイルのフォルダー");
    lesson::run(about, |given| program(given.text("folder").unwrap_or(".")))
}
