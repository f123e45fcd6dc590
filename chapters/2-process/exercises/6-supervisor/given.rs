//! What answers to `process/6-supervisor` are given: one job, which may die.

use std::env;
use std::fs::File;
use std::io::{Read, stdin};
use std::os::fd::AsFd;
use std::process::id;

use lesson::say;
use nix::sys::signal::{Signal, raise};

/// Does a job: the square of its number. Job 3 dies in its first attempt, as if memory had run out.
///
/// Under the check (`CHECKED` is set) it waits for a byte instead, and the check decides who dies.
pub fn work(job: u32, attempt: u32) -> u32 {
    let pid = id();
    say!("job {job}, attempt {attempt} (PID: {pid})", "ジョブ{job}、{attempt}回目(PID: {pid})");
    if env::var_os("CHECKED").is_some() {
        // Not through `std::io::stdin` itself: its buffer would take the bytes that are meant for the others.
        if let Ok(input) = stdin().as_fd().try_clone_to_owned() {
            let _ = File::from(input).read(&mut [0]);
        }
    } else if (job, attempt) == (3, 1) {
        let _ = raise(Signal::SIGKILL);
    }
    job * job
}
