//! Exercise pool/1-first-map, solved: `map` gives the files to the workers and puts the numbers in order.
//! Run it: `cargo run -p pool-exercises --bin pool-first-map-solution -- chapters/4-pool/src`
//! Look for: two PIDs take turns, in another way in each run. The numbers below do not change.

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::first_map::{files, words};

fn program(folder: &str) -> lesson::Result {
    let files = files(folder)?;
    let pool = Pool::new(2)?;
    // One call hands out all the files. Which worker counts which one is none of our business.
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
