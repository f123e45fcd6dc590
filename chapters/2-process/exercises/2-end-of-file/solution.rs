//! Exercise process/2-end-of-file, solved: nobody has the write end but the one who writes.
//! Run it: `cargo run -p process-exercises --bin process-end-of-file-solution`
//! Look for: two lines differ from the stub. Which process kept a write end by each of them?

use std::fs::File;
use std::io::{BufRead, BufReader, Write, pipe};
use std::os::fd::OwnedFd;
use std::process::ExitCode;

use lesson::{Options, say};
use process::{Descriptor, Process};

fn write(lines: u32, into: Descriptor) -> Result<(), String> {
    let mut into = File::from(OwnedFd::from(into));
    for number in 1..=lines {
        writeln!(into, "line {number}").map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn count(from: Descriptor) -> usize {
    BufReader::new(File::from(OwnedFd::from(from))).lines().count()
}

fn program(lines: u32) -> lesson::Result {
    let (from, into) = pipe()?;
    let (from, into) =
        (Descriptor::from(OwnedFd::from(from)), Descriptor::from(OwnedFd::from(into)));
    // The counter only reads: with a write end of its own it would wait for itself.
    let counter = Process::spawn(count, (from,))?;
    // The last one of this process goes to the writer: what is given to a child is closed here.
    let writer = Process::spawn(write, (lines, into))?;
    writer.join()??;
    let found = counter.join()?;
    say!("lines: {found}", "行数: {found}");
    Ok(())
}

fn main() -> ExitCode {
    let about =
        Options::new("One child writes, one counts.", "一方の子が書き、もう一方が数えます。");
    let about = about.number("lines", 10, 0..=100_000, "how many lines", "行数");
    lesson::run(about, |given| program(given.number("lines") as u32))
}
