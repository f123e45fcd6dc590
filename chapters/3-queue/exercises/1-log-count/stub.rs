//! Exercise queue/1-log-count: count the lines of many logs, whoever is free takes the next file.
//! Run it: `cargo run -p queue-exercises --bin queue-log-count -- FOLDER`
//! Check it: `cargo xtask exercise check log-count`

use std::process::ExitCode;

use lesson::{Options, say};
use queue_exercises::log_count::{Counts, count, logs};

const WORKERS: usize = 3;

fn program(folder: &str) -> lesson::Result {
    let mut total = Counts::new();
    // TODO: one process counts all files. Put their names into a queue, and have three workers take them out.
    let _ = WORKERS;
    for name in logs(folder)? {
        count(&name, &mut total)?;
    }
    for (level, lines) in total {
        say!("{level}: {lines}", "{level}: {lines}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts log lines by level.", "ログの行をレベルごとに数えます。");
    let about = about.operand("FOLDER", "where the logs are (.log)", "ログ(.log)のあるフォルダー");
    lesson::run(about, |given| program(given.text("FOLDER").unwrap_or_default()))
}
