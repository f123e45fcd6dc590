//! Exercise queue/5-crawler, solved: the parent keeps what does not fit, and counts the answers that are due.
//! Run it: `cargo run -p queue-exercises --bin queue-crawler-solution -- FOLDER`
//! Look for: the only call that can block. Why is somebody always about to end its wait?

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use queue::{Consumer, Producer, PutError, Queue};
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
    let (mut to_do, mut under_way) = (vec![folder.to_owned()], 0);
    loop {
        // Never waits for room: those who could make it may be waiting for us.
        while let Some(next) = to_do.pop() {
            match folders.try_put(next) {
                Ok(()) => under_way += 1,
                Err(PutError::Full(next)) => {
                    to_do.push(next);
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        // Nothing to do, and nobody who might find more.
        if under_way == 0 {
            break;
        }
        let (more, size) = found.get()??;
        under_way -= 1;
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
