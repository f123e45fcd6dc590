//! Exercise queue/6-priority: a printer, and jobs that may not wait behind others.
//! Run it: `cargo run -p queue-exercises --bin queue-priority < jobs.txt`
//! Check it: `cargo xtask exercise check priority`

use std::io::stdin;
use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Queue};

fn printer(jobs: Consumer<String>) {
    for job in jobs {
        let job = job.expect("a job is a text");
        say!("printed {job}", "印刷: {job}");
    }
}

fn program() -> lesson::Result {
    let mut jobs = Queue::new(32)?;
    let mut ends = Some((jobs.consumer()?,));
    let mut started = None;
    for line in stdin().lines() {
        match line?.as_str() {
            // An empty line switches the printer on.
            "" => started = ends.take().map(|ends| Process::spawn(printer, ends)).transpose()?,
            // TODO: an urgent job waits behind all the others. How could it come first?
            job => jobs.put(job.to_owned())?,
        }
    }
    jobs.close();
    if let Some(printer) = started {
        printer.join()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("A printer.", "プリンター。"), |_| program())
}
