//! Exercise queue/4-lost-item: a worker is killed in mid-job. Lose nothing, and do nothing twice.
//! Run it: `cargo run -p queue-exercises --bin queue-lost-item`
//! Check it: `cargo xtask exercise check lost-item`

use std::collections::BTreeMap;
use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Producer, Queue};
use queue_exercises::lost_item::work;

const JOBS: u32 = 12;
const WORKERS: usize = 3;

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
    for worker in workers {
        // TODO: if a worker was killed, this fails, and its job is lost. Which job was that?
        worker.join()?;
    }
    Ok(())
}

fn program() -> lesson::Result {
    let jobs: Vec<u32> = (1..=JOBS).collect();
    let mut results = BTreeMap::new();
    attempt(&jobs, 1, &mut results)?;
    for (job, square) in results {
        say!("result {job}: {square}", "結果{job}: {square}");
    }
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Twelve jobs.", "十二のジョブ。"), |_| program())
}
