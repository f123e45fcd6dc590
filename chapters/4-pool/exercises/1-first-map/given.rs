//! What answers to `pool/1-first-map` are given: the files of a folder, and counting the words of one.

use std::fs;
use std::io;
use std::process::id;

use lesson::say;

use crate::checked;

/// The paths of the files in a folder, in order.
///
/// # Errors
///
/// The folder cannot be read.
pub fn files(folder: &str) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path().to_string_lossy().into_owned());
        }
    }
    files.sort();
    Ok(files)
}

/// How many words a file has. Panics if it cannot be read.
///
/// Under the check it waits for a byte first, so that it is seen which files are counted at the same time.
pub fn words(file: String) -> usize {
    let pid = id();
    say!("counting {file} (PID: {pid})", "{file}を数えます(PID: {pid})");
    checked::wait();
    match fs::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).split_whitespace().count(),
        Err(error) => panic!("{file}: {error}"),
    }
}
