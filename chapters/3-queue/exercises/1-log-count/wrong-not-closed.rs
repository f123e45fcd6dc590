//! A wrong answer: all files are counted, and then the workers wait for more, and the parent for them.
//! Fails with: deadlock
//! Look for: who could still put a name into the queue?

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Queue};
use queue_exercises::log_count::{Counts, count, logs};

const WORKERS: usize = 3;

/// Counts as many files as it can get, and gives the sums.
fn worker(names: Consumer<String>) -> Result<Counts, String> {
    let mut counts = Counts::new();
    for name in names {
        count(&name.map_err(|error| error.to_string())?, &mut counts)?;
    }
    Ok(counts)
}

fn program(folder: &str) -> lesson::Result {
    let mut total = Counts::new();
    let queue = Queue::new(8)?;
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        workers.push(Process::spawn(worker, (queue.consumer()?,))?);
    }
    // Waits while the queue is full: that is as it should be, the workers are busy.
    for name in logs(folder)? {
        queue.put(name)?;
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
