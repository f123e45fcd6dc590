//! What answers to `process/1-reap` are given: the work of one worker.

use std::env;
use std::io;
use std::process::id;

use lesson::say;
use nix::unistd::read;

/// What one worker does: the square of its number.
///
/// Under the check (`CHECKED` is set) it waits for a byte first, so that the check sees which workers there are at
/// the same time, however slow the machine is.
pub fn work(number: u32) -> u32 {
    let pid = id();
    say!("worker {number} (PID: {pid})", "ワーカー{number}(PID: {pid})");
    if env::var_os("CHECKED").is_some() {
        // Not through `std::io::stdin`: its buffer would take the bytes that are meant for the others.
        let _ = read(io::stdin(), &mut [0]);
    }
    number * number
}
