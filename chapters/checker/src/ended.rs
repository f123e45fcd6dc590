//! An answer that has ended.

use std::fs;

use crate::case::Folder;
use crate::problem::Problem;
use crate::report::Report;

/// What one run of an answer did. Its folder is there until this is dropped.
#[derive(Debug)]
pub struct Ended {
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    pub(crate) report: Report,
    pub(crate) problems: Vec<Problem>,
    pub(crate) folder: Option<Folder>,
}

impl Ended {
    /// The lines of standard output.
    pub fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    /// The lines of standard output that begin with `start`, without it.
    pub fn after<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        self.stdout.lines().filter_map(move |line| line.strip_prefix(start))
    }

    /// A file in the folder in which it ran, if it is there and is text.
    pub fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.as_ref()?.path().join(name)).ok()
    }

    /// Its exit code; `None` if it was ended by a signal, or stopped.
    pub fn code(&self) -> Option<i32> {
        self.report.code
    }

    /// Whether it came to a good end by itself: then its results may be looked at.
    pub fn came_to_its_end(&self) -> bool {
        self.report.code == Some(0) && self.report.stopped.is_none()
    }

    /// From its start to its end.
    pub fn seconds(&self) -> f64 {
        self.report.seconds
    }

    /// How many of its processes were seen at the same time, the main one among them.
    ///
    /// Counted each time when the main one starts another, and every 20 ms.
    pub fn most_processes(&self) -> usize {
        self.report.most_processes
    }

    /// The most memory that its processes together were seen to use, in MiB.
    pub fn most_memory(&self) -> u64 {
        self.report.most_memory >> 20
    }

    /// What the rules say of this run; [`Check`](crate::Check) has taken it already if the run went through it.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}
