//! Exercise pool/5-grep, solved: what a task needs travels in its item, so the word goes with each file.
//! Run it: `cargo run -p pool-exercises --bin pool-grep-solution -- fork chapters/2-process/src`
//! Look for: the same numbers as `grep -c fork chapters/2-process/src/*`, in the same order.

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::grep::{files, read};

/// How many lines of a file have the word in them.
fn count(word: String, file: String) -> Result<usize, String> {
    let bytes = read(&file).map_err(|error| format!("{file}: {error}"))?;
    let has_it = |line: &&[u8]| line.windows(word.len()).any(|part| part == word.as_bytes());
    Ok(bytes.split(|&byte| byte == b'\n').filter(has_it).count())
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
