//! What answers to `queue/5-crawler` are given: a look into one folder.

use std::fs;
use std::process::id;

use lesson::say;

use crate::be_checked;

/// What was found in one folder: its folders, and how many bytes its files have.
pub type Found = (Vec<String>, u64);

/// Looks into one folder, not into those that are in it.
///
/// # Errors
///
/// A message: the folder cannot be read.
pub fn look(folder: &str) -> Result<Found, String> {
    let pid = id();
    say!("{folder} (PID: {pid})", "{folder}(PID: {pid})");
    be_checked();
    let mut found = (Vec::new(), 0);
    for entry in fs::read_dir(folder).map_err(|error| format!("{folder}: {error}"))? {
        let entry = entry.map_err(|error| format!("{folder}: {error}"))?;
        let facts = entry.metadata().map_err(|error| format!("{folder}: {error}"))?;
        if facts.is_dir() {
            found.0.push(entry.path().display().to_string());
        } else {
            found.1 += facts.len();
        }
    }
    Ok(found)
}
