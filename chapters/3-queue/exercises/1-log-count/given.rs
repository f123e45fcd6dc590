//! What answers to `queue/1-log-count` are given: counting one file.

use std::collections::BTreeMap;
use std::fs;
use std::process::id;

use lesson::say;

use crate::be_checked;

/// How many lines of each level there are: `ERROR` → 3.
pub type Counts = BTreeMap<String, usize>;

/// Counts the lines of a log file by their first word, and adds them to `counts`.
///
/// # Errors
///
/// A message: the file cannot be read.
pub fn count(name: &str, counts: &mut Counts) -> Result<(), String> {
    let pid = id();
    say!("{name} (PID: {pid})", "{name}(PID: {pid})");
    be_checked();
    let log = fs::read_to_string(name).map_err(|error| format!("{name}: {error}"))?;
    for level in log.lines().filter_map(|line| line.split_whitespace().next()) {
        *counts.entry(level.to_owned()).or_default() += 1;
    }
    Ok(())
}

/// The log files in a folder, by name.
///
/// # Errors
///
/// What the system says of the folder.
pub fn logs(folder: &str) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.path().display().to_string());
    }
    names.retain(|name| name.ends_with(".log"));
    names.sort();
    Ok(names)
}
