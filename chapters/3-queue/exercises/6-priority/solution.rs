//! Exercise queue/6-priority, solved: two queues, and a third that says how many jobs there are in both.
//! Run it: `cargo run -p queue-exercises --bin queue-priority-solution < jobs.txt`
//! Look for: the printer waits in one place only. Why is there always a job when it goes on?

use std::io::stdin;
use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Queue};

/// Takes a ticket for each job, and then the most urgent job that there is.
fn printer(tickets: Consumer<()>, urgent: Consumer<String>, ordinary: Consumer<String>) {
    for ticket in tickets {
        ticket.expect("a ticket is nothing");
        // The job was put before its ticket: so one of the two has a job now.
        let job = urgent.try_get().or_else(|_| ordinary.get()).expect("a job is a text");
        say!("printed {job}", "印刷: {job}");
    }
}

fn program() -> lesson::Result {
    let (urgent, ordinary) = (Queue::new(32)?, Queue::new(32)?);
    let mut tickets = Queue::new(64)?;
    let mut ends = Some((tickets.consumer()?, urgent.consumer()?, ordinary.consumer()?));
    let mut started = None;
    for line in stdin().lines() {
        match line?.as_str() {
            // An empty line switches the printer on.
            "" => started = ends.take().map(|ends| Process::spawn(printer, ends)).transpose()?,
            job => {
                let jobs = if job.starts_with("urgent") { &urgent } else { &ordinary };
                jobs.put(job.to_owned())?;
                tickets.put(())?;
            }
        }
    }
    tickets.close();
    if let Some(printer) = started {
        printer.join()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("A printer.", "プリンター。"), |_| program())
}
