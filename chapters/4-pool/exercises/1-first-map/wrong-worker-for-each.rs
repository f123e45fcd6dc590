//! A wrong answer: a worker for each file. For six files it works; for six thousand the machine stands still.
//! Fails with: processes
//! Look for: what decides how many workers are of use?

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_map::{files, words};

fn program(folder: &str) -> lesson::Result {
    let files = files(folder)?;
    let pool = Pool::new(files.len())?;
    let counts = pool.map(words, files.clone())?;
    for (file, words) in files.iter().zip(&counts) {
        say!("{file}: {words}", "{file}: {words}");
    }
    let total: usize = counts.iter().sum();
    say!("total: {total}", "合計: {total}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts the words of files.", "ファイルの単語を数えます。");
    let about = about.operand("folder", "whose files", "数えるファイルのフォルダー");
    lesson::run(about, |given| program(given.text("folder").unwrap_or(".")))
}
