//! What answers to `caveats/4-manager` are given: work without an end, and the moment in which the manager is killed.

use std::process::{abort, id};
use std::thread::sleep;
use std::time::Duration;

use lesson::say;

use crate::checked;

/// How many workers a manager has.
pub const WORKERS: u32 = 3;

/// Works until somebody ends this process.
pub fn work(number: u32) {
    let pid = id();
    say!("worker {number} works (PID: {pid})", "ワーカー{number}が作業中(PID: {pid})");
    loop {
        sleep(Duration::from_millis(100));
    }
}

/// To be called when the workers are there. Does not return: the manager dies in it.
///
/// Under the check (`CHECKED` is set) it waits, and the check kills it.
pub fn manage() {
    let pid = id();
    say!(
        "the manager has {WORKERS} workers (PID: {pid})",
        "マネージャーのワーカーは{WORKERS}個です(PID: {pid})"
    );
    if checked::is_checked() {
        checked::wait();
    } else {
        abort();
    }
}

/// What the main program does without its manager: it goes on.
///
/// Under the check it waits, until the check has seen who is left.
pub fn go_on() {
    say!("the program goes on", "プログラムは続きます");
    checked::wait();
}
