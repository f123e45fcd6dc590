//! What no stopwatch shows: how far the harm reaches when a worker fails. Each is made to happen.
//!
//! Threads of this program would take it down with them, or change its memory and its rights. So where they could,
//! a process is started for them to live in, and what happens to it is what would have happened here.
//!
//! - [`crash`]: one of several workers aborts. Who goes on?
//! - [`memory`]: a worker writes where it has no business to. Whose memory has changed?
//! - [`rights`]: a worker gives up rights. Who has lost them?

use lesson::Result;
use serde::Serialize;

use crate::row::Kind;

pub mod crash;
pub mod memory;
pub mod rights;

/// One way in which a worker can harm others.
#[derive(Clone, Copy, Debug)]
pub struct Isolation {
    /// Its name in JSON.
    pub id: &'static str,
    /// Its name for the reader, in English and Japanese.
    pub label: [&'static str; 2],
    /// Makes it happen, by a kind of workers. Blocks until it is over.
    ///
    /// Must be called without other threads. Fails as [`process::Process::spawn`] does.
    pub show: fn(Kind) -> Result<Shown>,
}

/// The three of them, in the order of the table.
pub const ISOLATIONS: [Isolation; 3] = [
    Isolation {
        id: "crash",
        label: ["a worker crashes", "ワーカーのクラッシュ"],
        show: crash::show,
    },
    Isolation {
        id: "memory_corruption",
        label: ["memory overwritten", "メモリの書きつぶし"],
        show: memory::show,
    },
    Isolation {
        id: "privileges",
        label: ["who loses rights", "権限を失う範囲"],
        show: rights::show,
    },
];

/// What a run showed.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// Whether the harm stayed with the worker.
    pub isolated: bool,
    /// The outcome in a few words, in the reader's language.
    pub outcome: String,
    /// What happened, step by step, in the reader's language.
    pub steps: Vec<String>,
}

impl Isolation {
    /// Its name in the reader's language.
    pub fn name(&self) -> &'static str {
        self.label[lesson::language() as usize]
    }

    /// Makes it happen to both.
    ///
    /// # Errors
    ///
    /// As [`show`](Self::show).
    pub fn both(&self) -> Result<[Shown; 2]> {
        Ok([(self.show)(Kind::Processes)?, (self.show)(Kind::Threads)?])
    }
}

/// Which kind kept the harm where it was, if only one did.
pub fn winner([processes, threads]: &[Shown; 2]) -> Option<Kind> {
    match (processes.isolated, threads.isolated) {
        (true, false) => Some(Kind::Processes),
        (false, true) => Some(Kind::Threads),
        _ => None,
    }
}
