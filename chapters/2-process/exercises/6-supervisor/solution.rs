//! Exercise process/6-supervisor, solved: each job has so many attempts, with a longer pause before each.
//! Run it: `cargo run -p process-exercises --bin process-supervisor-solution`
//! Look for: the other jobs have ended long before. Which of them had to start again?

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use lesson::{Options, say};
use process::{JoinError, Process};
use process_exercises::supervisor::work;

const ATTEMPTS: u32 = 3;

/// Waits for a job, and starts it again as long as that may help. `None` if it never came to its end.
fn supervise(job: u32, mut worker: Process<u32>) -> lesson::Result<Option<u32>> {
    let mut pause = Duration::from_millis(100);
    for attempt in 2..=ATTEMPTS {
        match worker.join() {
            Ok(result) => return Ok(Some(result)),
            // It died: whatever it was, it may go better a moment later.
            Err(JoinError::Ended { .. }) => sleep(pause),
            // That is no worker's death.
            Err(error) => return Err(error.into()),
        }
        pause *= 2;
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
