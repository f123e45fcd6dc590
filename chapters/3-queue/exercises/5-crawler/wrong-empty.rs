//! A wrong answer: it ends when there is nothing to do, though somebody may be about to find something.
//! Fails with: results, together, deadlock
//! Look for: `is_empty` tells of this moment only.

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, GetError, Producer, Queue};
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
    while !to_do.is_empty() || !folders.is_empty() {
        if let Some(next) = to_do.pop()
            && let Err(error) = folders.try_put(next)
        {
            to_do.push(error.into_item());
        }
        let answer = match found.try_get() {
            Ok(answer) => answer?,
            Err(GetError::Empty) => continue,
            Err(error) => return Err(error.into()),
        };
        seen += 1;
        bytes += answer.1;
        to_do.extend(answer.0);
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
