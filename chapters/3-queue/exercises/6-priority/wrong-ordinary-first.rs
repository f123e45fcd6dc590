//! A wrong answer: urgent jobs get their ticket, but the printer asks for the ordinary ones first.
//! Fails with: order
//! Look for: which of the two queues is asked with `try_get`?

use std::io::stdin;
use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Queue};

fn printer(tickets: Consumer<()>, urgent: Consumer<String>, ordinary: Consumer<String>) {
    for ticket in tickets {
        ticket.expect("a ticket is nothing");
        let job = ordinary.try_get().or_else(|_| urgent.get()).expect("a job is a text");
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
