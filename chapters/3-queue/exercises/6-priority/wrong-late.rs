//! A wrong answer: when nothing is urgent it waits for an ordinary job, and an urgent one that comes then waits, too.
//! Fails with: late
//! Look for: the printer can wait in one queue at a time only.

use std::io::stdin;
use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Queue};

fn printer(urgent: Consumer<String>, ordinary: Consumer<String>) {
    while let Ok(job) = urgent.try_get().or_else(|_| ordinary.get()) {
        say!("printed {job}", "印刷: {job}");
    }
    // The end of the ordinary ones: there may be urgent ones left.
    while let Ok(job) = urgent.get() {
        say!("printed {job}", "印刷: {job}");
    }
}

fn program() -> lesson::Result {
    let (mut urgent, mut ordinary) = (Queue::new(32)?, Queue::new(32)?);
    let mut ends = Some((urgent.consumer()?, ordinary.consumer()?));
    let mut started = None;
    for line in stdin().lines() {
        match line?.as_str() {
            // An empty line switches the printer on.
            "" => started = ends.take().map(|ends| Process::spawn(printer, ends)).transpose()?,
            job if job.starts_with("urgent") => urgent.put(job.to_owned())?,
            job => ordinary.put(job.to_owned())?,
        }
    }
    urgent.close();
    ordinary.close();
    if let Some(printer) = started {
        printer.join()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("A printer.", "プリンター。"), |_| program())
}
