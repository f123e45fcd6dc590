//! Exercise queue/3-merge: three logs become one, in the order of their times.
//! Run it: `cargo run -p queue-exercises --bin queue-merge`
//! Check it: `cargo xtask exercise check merge`

use std::process::ExitCode;

use lesson::Options;
use process::Process;
use queue::{GetError, Sender, pipe};
use queue_exercises::merge::{Entry, SOURCES, entries, show};

fn source(number: u64, times: u64, into: Sender<Entry>) {
    for entry in entries(number, times) {
        into.send(entry).expect("the parent receives");
    }
}

fn program(times: u64) -> lesson::Result {
    let (sender, receiver) = pipe()?;
    let mut sources = Vec::new();
    for number in 0..SOURCES {
        sources.push(Process::spawn(source, (number, times, sender.try_clone()?))?);
    }
    drop(sender);
    // TODO: each source is in order, but what comes through one pipe is mixed as it happens.
    loop {
        match receiver.recv() {
            Ok(entry) => show(&entry),
            Err(GetError::Disconnected) => break,
            Err(error) => return Err(error.into()),
        }
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
