//! A wrong answer: it asks for one folder, waits for the answer, asks for the next; two workers never do anything.
//! Fails with: together
//! Look for: how many folders are under way?

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Producer, Queue};
use queue_exercises::crawler::{Found, look};

fn worker(folders: Consumer<String>, found: Producer<Result<Found, String>>) {
    for folder in folders {
        let folder = folder.expect("a folder is a text");
        found.put(look(&folder)).expect("the parent gets it");
    }
}

fn program(folder: &str) -> lesson::Result {
    // Small ones: a tree may have a million folders, and memory is for other things.
    let (mut folders, found) = (Queue::new(4)?, Queue::new(4)?);
    let mut workers = Vec::new();
    for _ in 0..3 {
        workers.push(Process::spawn(worker, (folders.consumer()?, found.producer()?))?);
    }
    let (mut seen, mut bytes) = (0, 0);
    let mut to_do = vec![folder.to_owned()];
    while let Some(next) = to_do.pop() {
        folders.put(next)?;
        let (more, size) = found.get()??;
        seen += 1;
        bytes += size;
        to_do.extend(more);
    }
    folders.close();
    for worker in workers {
        worker.join()?;
    }
    say!("folders: {seen}, bytes: {bytes}", "フォルダー: {seen}、バイト: {bytes}");
    Ok(())
}

fn main() -> ExitCode {
    let about =
        Options::new("How large a tree of folders is.", "フォルダー以下の大きさを調べます。");
    let about = about.operand("FOLDER", "where to begin", "始めるフォルダー");
    lesson::run(about, |given| program(given.text("FOLDER").unwrap_or_default()))
}
