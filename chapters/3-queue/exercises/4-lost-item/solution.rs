//! Exercise queue/4-lost-item, solved: what has no result has been lost, and is done again.
//! Run it: `cargo run -p queue-exercises --bin queue-lost-item-solution`
//! Look for: the parent never asks which job a worker had. How does it know all the same?

use std::collections::BTreeMap;
use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Producer, Queue};
use queue_exercises::lost_item::work;

const JOBS: u32 = 12;
const WORKERS: usize = 3;
/// A job that kills each worker that takes it must not go on for ever.
const ATTEMPTS: u32 = 3;

fn worker(jobs: Consumer<u32>, attempt: u32, done: Producer<(u32, u32)>) {
    for job in jobs {
        let job = job.expect("a job is a number");
        done.put((job, work(job, attempt))).expect("the parent gets it");
    }
}

/// Has workers do these jobs.
fn attempt(jobs: &[u32], attempt: u32, results: &mut BTreeMap<u32, u32>) -> lesson::Result {
    let (mut queue, done) = (Queue::new(JOBS as usize)?, Queue::new(8)?);
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        let ends = (queue.consumer()?, attempt, done.producer()?);
        workers.push(Process::spawn(worker, ends)?);
    }
    for &job in jobs {
        queue.put(job)?;
    }
    queue.close();
    for result in done {
        let (job, square) = result?;
        results.insert(job, square);
    }
    // All of them have ended. How they ended is worth a line, but decides nothing.
    for mut worker in workers {
        let (pid, end) = (worker.pid(), worker.wait()?);
        say!("worker (PID: {pid}) {end}", "ワーカー(PID: {pid})は{end}");
    }
    Ok(())
}

fn program() -> lesson::Result {
    let mut results = BTreeMap::new();
    for number in 1..=ATTEMPTS {
        // A result is an acknowledgement: without one, a job counts as not done.
        let missing: Vec<u32> = (1..=JOBS).filter(|job| !results.contains_key(job)).collect();
        if missing.is_empty() {
            break;
        }
        attempt(&missing, number, &mut results)?;
    }
    for (job, square) in results {
        say!("result {job}: {square}", "結果{job}: {square}");
    }
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Twelve jobs.", "十二のジョブ。"), |_| program())
}
