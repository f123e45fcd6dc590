//! What the tests of the checker share: answers that are shell scripts, and whether anything of them is left.

use std::fs;
use std::path::PathBuf;
use std::process::id;
use std::sync::atomic::{AtomicU32, Ordering};

use checker::{Case, Ended};

/// The environment variable that all processes of a script have.
const MARK: &str = "HOSTILE_MARK";

/// An answer that is a shell script.
pub(crate) fn script(text: &str) -> Case {
    answer("/bin/sh").args(["-c", text])
}

/// An answer that is this program, given three seconds.
pub(crate) fn answer(program: impl Into<PathBuf>) -> Case {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let mark = format!("{}.{}", id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    Case::new(program).env(MARK, mark).deadline(3)
}

/// The names of the problems of a run, after which none of its processes is left.
pub(crate) fn names(ended: &Ended) -> Vec<&str> {
    assert_eq!(left(), Vec::<u32>::new(), "left: {ended:#?}");
    ended.problems().iter().map(|problem| problem.name.as_str()).collect()
}

/// The processes of this program's scripts.
pub(crate) fn left() -> Vec<u32> {
    marked(&format!("{MARK}={}.", id()))
}

/// The processes, other than this one, that have `mark` in their environment.
pub(crate) fn marked(mark: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("/proc is there").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let has = |pid: &u32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(mark)
    };
    pids.filter(|&pid| pid != id()).filter(has).collect()
}
