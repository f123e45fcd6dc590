//! Exercise queue/3-merge, solved: a pipe for each source, and always the earliest of their next entries.
//! Run it: `cargo run -p queue-exercises --bin queue-merge-solution`
//! Look for: how many entries does this process hold at any moment?

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
    // The next entry of each source. Only what all of them have shown can be compared.
    let mut heads = Vec::new();
    for receiver in &receivers {
        heads.push((next(receiver)?, receiver));
    }
    // Those that have ended take no part.
    while let Some((head, receiver)) = heads
        .iter_mut()
        .filter(|(head, _)| head.is_some())
        .min_by_key(|(head, _)| head.as_ref().map(|(time, _)| *time))
    {
        if let Some(entry) = head {
            show(entry);
        }
        *head = next(receiver)?;
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
