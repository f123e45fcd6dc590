//! What the guard tells the checker, once the answer and all that it started is gone.

use std::time::Duration;

use lesson::text;
use serde::{Deserialize, Serialize};

/// What an answer is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// From its start to its end.
    pub(crate) deadline: Duration,
    /// Living processes at the same time, itself among them.
    pub(crate) processes: usize,
    /// Bytes of memory of all its processes, shared memory counted with each.
    pub(crate) memory: u64,
}

/// Why the guard stopped an answer before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stopped {
    /// The checker wanted so, or is gone.
    Told,
    /// Every process waits and none can go on; a line for each.
    Deadlock(Vec<String>),
    /// It came to its deadline; a line for each process.
    Deadline(Vec<String>),
    /// So many processes.
    Processes(usize),
    /// So many processes, zombies and threads.
    Tasks(usize),
    /// So many bytes.
    Memory(u64),
}

/// A process that was there when the answer's main process ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    pub(crate) pid: u32,
    pub(crate) name: String,
    /// The shared memory it held.
    pub(crate) shared: Vec<String>,
}

/// All that the guard has seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The program could not be started at all.
    pub(crate) not_started: Option<String>,
    pub(crate) stopped: Option<Stopped>,
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    /// Pids that had ended and were not reaped.
    pub(crate) zombies: Vec<u32>,
    /// Processes that still ran when the main process ended.
    pub(crate) outliving: Vec<Left>,
    /// Processes whose parent, not the main process, had ended before them.
    pub(crate) orphans: Vec<Left>,
    /// What the main process had open at its end beyond the standard three; only where it could be traced.
    pub(crate) descriptors: Vec<String>,
    pub(crate) traced: bool,
    pub(crate) most_processes: usize,
    pub(crate) most_memory: u64,
    pub(crate) seconds: f64,
    /// What could not be ended, whatever was tried.
    pub(crate) immortal: Vec<u32>,
}

impl Left {
    /// The process in words.
    pub(crate) fn shown(&self) -> String {
        let Self { pid, name, .. } = self;
        format!("PID {pid} ({name})")
    }
}

/// Several things in one line, the first few of them.
pub(crate) fn listed<T: ToString>(things: &[T]) -> String {
    const MOST: usize = 8;
    let mut list: Vec<String> = things.iter().take(MOST).map(ToString::to_string).collect();
    if things.len() > MOST {
        let more = things.len() - MOST;
        list.push(text!("{more} more", "ほか{more}個"));
    }
    list.join(", ")
}
