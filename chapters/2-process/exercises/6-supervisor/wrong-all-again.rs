//! A wrong answer: when one dies, all four jobs are done again.
//! Fails with: again
//! Look for: which jobs are done twice, though nothing had happened to them?

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use lesson::{Options, say};
use process::Process;
use process_exercises::supervisor::work;

fn program() -> lesson::Result {
    let mut workers = Vec::new();
    for job in 1..=4 {
        workers.push((job, Process::spawn(work, (job, 1))?));
    }
    let mut results = Vec::new();
    for (job, worker) in workers {
        results.push((job, worker.join()));
    }
    for attempt in 2..=3 {
        if results.iter().all(|(_, result)| result.is_ok()) {
            break;
        }
        sleep(Duration::from_millis(100 * u64::from(attempt - 1)));
        for (job, result) in &mut results {
            *result = Process::spawn(work, (*job, attempt))?.join();
        }
    }
    for (job, result) in results {
        match result {
            Ok(result) => say!("job {job}: {result}", "ジョブ{job}: {result}"),
            Err(_) => say!("job {job}: gave up", "ジョブ{job}: あきらめました"),
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Supervises four jobs.", "四つのジョブを見守ります。"), |_| program())
}
