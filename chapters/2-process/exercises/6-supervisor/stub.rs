//! Exercise process/6-supervisor: workers that die are started again, later each time, and not for ever.
//! Run it: `cargo run -p process-exercises --bin process-supervisor`
//! Check it: `cargo xtask exercise check supervisor`

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use process_exercises::supervisor::work;

fn program() -> lesson::Result {
    let mut workers = Vec::new();
    for job in 1..=4 {
        workers.push((job, Process::spawn(work, (job, 1))?));
    }
    for (job, worker) in workers {
        // TODO: a worker that dies takes the program with it. Start it again: after 100 ms, then after 200 ms,
        // and give up after the third attempt.
        let result = worker.join()?;
        say!("job {job}: {result}", "ジョブ{job}: {result}");
    }
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Supervises four jobs.", "四つのジョブを見守ります。"), |_| program())
}
