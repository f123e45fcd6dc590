//! A wrong answer: a job that dies each time is started each time, until the end of days.
//! Fails with: attempts
//! Look for: what ends this loop?

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use lesson::{Options, say};
use process::{JoinError, Process};
use process_exercises::supervisor::work;

/// Waits for a job, and starts it again as long as that may help. `None` if it never came to its end.
fn supervise(job: u32, mut worker: Process<u32>) -> lesson::Result<Option<u32>> {
    let mut pause = Duration::from_millis(100);
    let mut attempt = 1;
    loop {
        match worker.join() {
            Ok(result) => return Ok(Some(result)),
            Err(JoinError::Ended { .. }) => sleep(pause),
            Err(error) => return Err(error.into()),
        }
        pause *= 2;
        attempt += 1;
        worker = Process::spawn(work, (job, attempt))?;
    }
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
