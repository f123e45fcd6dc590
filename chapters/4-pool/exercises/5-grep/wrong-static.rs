//! A wrong answer: the word is in a static, which only the parent has filled; the workers were there before.
//! Fails with: failed
//! Look for: when were the workers forked?

use std::process::ExitCode;
use std::sync::OnceLock;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::grep::{files, read};

static WORD: OnceLock<String> = OnceLock::new();

/// How many lines of a file have the word in them.
fn count(file: String) -> Result<usize, String> {
    let word = WORD.get().ok_or("which word?")?;
    let bytes = read(&file).map_err(|error| format!("{file}: {error}"))?;
    let has_it = |line: &&[u8]| line.windows(word.len()).any(|part| part == word.as_bytes());
    Ok(bytes.split(|&byte| byte == b'\n').filter(has_it).count())
}

fn program(word: &str, folder: &str) -> lesson::Result {
    let files = files(folder)?;
    let pool = Pool::new(2)?;
    WORD.get_or_init(|| word.to_owned());
    for (file, lines) in files.iter().zip(pool.map(count, files.clone())?) {
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
