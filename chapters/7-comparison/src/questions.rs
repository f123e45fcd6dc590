//! The questions, a file each: what is measured in which ways.
//!
//! Each has a counterpart in `python/measure/`, which does the same with Python's standard library.

use lesson::{Result, text};

use crate::asking::Asking;
use crate::record::Question;

pub mod crash;
pub mod lock;
pub mod memory;
pub mod round_trip;
pub mod sharing;
pub mod speed_up;
pub mod start;
pub mod task_length;
pub mod throughput;
pub mod waits;

/// Makes what the questions start by exec known: call it first in `main`.
pub fn register() {
    caveats::cost::register();
}

/// Measures what `asking` asks. Blocks for about its budget. Must be called without other threads.
///
/// # Errors
///
/// Nothing of it could be measured.
pub fn ask(asking: &mut Asking) -> Result {
    match asking.question {
        Question::SpeedUp => speed_up::ask(asking),
        Question::Start => start::ask(asking),
        Question::Memory => memory::ask(asking),
        Question::Throughput => throughput::ask(asking),
        Question::RoundTrip => round_trip::ask(asking),
        Question::TaskLength => task_length::ask(asking),
        Question::Waits => waits::ask(asking),
        Question::Sharing => sharing::ask(asking),
        Question::Lock => lock::ask(asking),
        Question::Crash => crash::ask(asking),
    }
}

/// A worker's complaint as an error.
pub(crate) fn told(result: std::result::Result<(), String>) -> Result {
    Ok(result?)
}

/// Why a thread gave no result.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send>) -> String {
    text!("a thread panicked", "スレッドがパニックしました")
}

/// How much memory, in MiB, can be taken without harm: half of what is free, and of what a container may have.
pub(crate) fn free_mib() -> f64 {
    let info = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix(" kB")?.parse::<f64>().ok()
    };
    let free = field("MemAvailable:").unwrap_or(0.0) / 1024.0;
    let limit = crate::record::machine::memory_limit().map_or(f64::INFINITY, |limit| limit as f64);
    free.min(limit) / 2.0
}
