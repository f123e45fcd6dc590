//! What answers to `pool/5-grep` are given: the files of a folder, and reading one.

use std::fs;
use std::io;
use std::process::id;

use lesson::say;

use crate::checked;
pub use crate::first_map::files;

/// What is in a file: bytes, for not every file is text.
///
/// Under the check it waits for a byte first, so that it is seen which files are read at the same time.
///
/// # Errors
///
/// The file cannot be read.
pub fn read(file: &str) -> io::Result<Vec<u8>> {
    let pid = id();
    say!("reading {file} (PID: {pid})", "{file}を読みます(PID: {pid})");
    checked::wait();
    fs::read(file)
}
