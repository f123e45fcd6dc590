//! A wrong answer: each worker gets its files in advance; who has a large one holds up all those behind it.
//! Fails with: idle
//! Look for: what do the others do when they have finished their share?

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue_exercises::log_count::{Counts, count, logs};

const WORKERS: usize = 3;

fn worker(names: Vec<String>) -> Result<Counts, String> {
    let mut counts = Counts::new();
    for name in names {
        count(&name, &mut counts)?;
    }
    Ok(counts)
}

fn program(folder: &str) -> lesson::Result {
    let mut total = Counts::new();
    let names = logs(folder)?;
    let mut workers = Vec::new();
    for first in 0..WORKERS {
        let share: Vec<String> = names.iter().skip(first).step_by(WORKERS).cloned().collect();
        workers.push(Process::spawn(worker, (share,))?);
    }
    for worker in workers {
        for (level, lines) in worker.join()?? {
            *total.entry(level).or_default() += lines;
        }
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
