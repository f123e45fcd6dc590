//! A wrong answer: the results are right, but nobody asks how the workers ended, so they stay as zombies.
//! Fails with: zombies, descriptors
//! Look for: what is read from the pipes is all there is to know, it seems. What does the kernel still keep?

use std::fs::File;
use std::io::{Read, Write, pipe};
use std::os::fd::OwnedFd;
use std::process::ExitCode;

use lesson::{Options, say};
use process::{Descriptor, Process};
use process_exercises::reap::work;

fn work_into(number: u32, pipe: Descriptor) -> Result<(), String> {
    let result = work(number).to_le_bytes();
    File::from(OwnedFd::from(pipe)).write_all(&result).map_err(|error| error.to_string())
}

fn program() -> lesson::Result {
    let mut pipes = Vec::new();
    for number in 1..=5 {
        let (reader, writer) = pipe()?;
        let worker = Process::spawn(work_into, (number, OwnedFd::from(writer).into()))?;
        // The result comes through the pipe: why keep the handle?
        std::mem::forget(worker);
        pipes.push(reader);
    }
    let mut results = Vec::new();
    for mut reader in pipes {
        let mut result = [0; 4];
        reader.read_exact(&mut result)?;
        results.push(u32::from_le_bytes(result));
    }
    say!("results: {results:?}", "結果: {results:?}");
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("Five workers.", "五つのワーカー。"), |_| program())
}
