//! A wrong answer: the numbers come in the order in which they are done, and are put beside the wrong files.
//! Fails with: results
//! Look for: what tells which file a number belongs to?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_map::{files, words};

fn program(folder: &str) -> lesson::Result {
    let files = files(folder)?;
    let pool = Pool::new(2)?;
    let mut total = 0;
    for (file, words) in files.iter().zip(pool.imap_unordered(words, files.clone())) {
        let words = words?;
        say!("{file}: {words}", "{file}: {words}");
        total += words;
    }
    say!("total: {total}", "合計: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts the words of files.", "ファイルの単語を数えます。");
    let about = about.operand("folder", "whose files", "数えるファイルのフォルダー");
    lesson::run(about, |given| program(given.text("folder").unwrap_or(".")))
}
