//! What answers to `queue/4-lost-item` are given: one job, in which its worker may be killed.

use std::process::id;

use lesson::say;
use nix::sys::signal::{Signal, raise};

use crate::be_checked;

/// Does a job: the square of its number. Whoever does job 2 in the first attempt is killed meanwhile.
///
/// Under the check it is the check that kills.
pub fn work(job: u32, attempt: u32) -> u32 {
    let pid = id();
    say!("job {job}, attempt {attempt} (PID: {pid})", "ジョブ{job}、{attempt}回目(PID: {pid})");
    if !be_checked() && (job, attempt) == (2, 1) {
        let _ = raise(Signal::SIGKILL);
    }
    job * job
}
