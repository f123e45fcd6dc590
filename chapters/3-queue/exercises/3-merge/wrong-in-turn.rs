//! A wrong answer: one entry of each source in turn; but the sources do not write in turn.
//! Fails with: order
//! Look for: what if one source writes seven entries, and then nothing for a while?

use std::process::ExitCode;

use lesson::Options;
use process::Process;
use queue::{GetError, Receiver, Sender, pipe};
use queue_exercises::merge::{Entry, SOURCES, entries, show};

fn source(number: u64, times: u64, into: Sender<Entry>) {
    for entry in entries(number, times) {
        into.send(entry).expect("the parent receives");
    }
}

/// The next entry of a source; `None` at its end.
fn next(receiver: &Receiver<Entry>) -> Result<Option<Entry>, GetError> {
    match receiver.recv() {
        Ok(entry) => Ok(Some(entry)),
        Err(GetError::Disconnected) => Ok(None),
        Err(error) => Err(error),
    }
}

fn program(times: u64) -> lesson::Result {
    let mut sources = Vec::new();
    let mut receivers = Vec::new();
    for number in 0..SOURCES {
        let (sender, receiver) = pipe()?;
        sources.push(Process::spawn(source, (number, times, sender))?);
        receivers.push(receiver);
    }
    let mut open = receivers;
    while !open.is_empty() {
        let mut still_open = Vec::new();
        for receiver in open {
            if let Some(entry) = next(&receiver)? {
                show(&entry);
                still_open.push(receiver);
            }
        }
        open = still_open;
    }
    for source in sources {
        source.join()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Merges three logs.", "三つのログを一つにまとめます。");
    let about = about.number("times", 30, 0..=1_000_000, "how many entries", "項目の数");
    lesson::run(about, |given| program(given.number("times") as u64))
}
