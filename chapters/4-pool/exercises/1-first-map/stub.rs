//! Exercise pool/1-first-map: count the words of all files of a folder, with two workers.
//! Run it: `cargo run -p pool-exercises --bin pool-first-map -- chapters/4-pool/src`
//! Check it: `cargo xtask exercise check first-map`

use std::process::ExitCode;

use lesson::{Options, say};
use pool_exercises::first_map::{files, words};

fn program(folder: &str) -> lesson::Result {
    let files = files(folder)?;
    // TODO: this process counts one file after another. Let a pool of two workers do it.
    let counts: Vec<usize> = files.iter().cloned().map(words).collect();
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
