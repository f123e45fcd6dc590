//! A wrong answer: it looks into both queues all the time, and keeps a core busy while there is nothing to print.
//! Fails with: busy
//! Look for: what does the printer do at night?

use std::io::stdin;
use std::process::ExitCode;
use std::thread::yield_now;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, GetError, Queue};

fn printer(urgent: Consumer<String>, ordinary: Consumer<String>) {
    loop {
        match urgent.try_get().or_else(|_| ordinary.try_get()) {
            Ok(job) => say!("printed {job}", "印刷: {job}"),
            Err(GetError::Empty) => yield_now(),
            Err(_) => break,
        }
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
