//! A wrong answer: it starts again at once, three times within a millisecond, when nothing can have become better.
//! Fails with: backoff
//! Look for: how much time passes between the attempts?

use std::process::ExitCode;

use lesson::{Options, say};
use process::{JoinError, Process};
use process_exercises::supervisor::work;

const ATTEMPTS: u32 = 3;

/// Waits for a job, and starts it again as long as that may help. `None` if it never came to its end.
fn supervise(job: u32, mut worker: Process<u32>) -> lesson::Result<Option<u32>> {
    for attempt in 2..=ATTEMPTS {
        match worker.join() {
            Ok(result) => return Ok(Some(result)),
            // It died: whatever it was, it may go better a moment later.
            Err(JoinError::Ended { .. }) => {}
            // That is no worker's death.
            Err(error) => return Err(error.into()),
        }
        worker = Process::spawn(work, (job, attempt))?;
    }
    Ok(worker.join().ok())
}

fn program() -> lesson::Result {
    let mut workers = Vec::new();
    for job in 1..=4 {
        workers.push((job, Process::spawn(work, (job, 1))?));
    }
    for (job, worker) in workers {
        match supervise(job, worker)? {
            Some(result) => say!("job {job}: {result}", "ジョブ{job}: {result}"),
            None => say!("job {job}: gave up", "ジョブ{job}: あきらめました"),
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Supervises four jobs.", "四つのジョブを見守ります。"), |_| program())
}
