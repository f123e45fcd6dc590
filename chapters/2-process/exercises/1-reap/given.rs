//! What an answer is given: the work of one worker, and the end of the program.

use std::io;
use std::process::id;

use lesson::{print_line, say};
use nix::poll::PollFlags;
use nix::unistd::read;
use process::ready::{Deadline, wait_ready};

/// Set while the check runs an answer.
pub(super) const CHECKED: &str = "PROCESS_REAP_CHECKED";

/// What one worker does: the square of its number.
///
/// Under the check it waits until the check has seen which workers there are at the same time.
pub fn work(number: u32) -> u32 {
    let pid = id();
    say!("worker {number} (PID: {pid})", "ワーカー{number}(PID: {pid})");
    if is_checked() {
        // Not through `std::io::stdin`: its buffer would take the bytes that are meant for the others.
        // The end of the stream comes when the check is over, one way or another.
        let _ = read(io::stdin(), &mut [0]);
    }
    number * number
}

/// Shows the results, last of all. Under the check it waits until the check has looked for zombies.
pub fn done(results: &[u32]) -> lesson::Result {
    say!("results: {results:?}", "結果: {results:?}");
    if is_checked() {
        print_line("done");
        // Waits for the stream's end (`POLLHUP`), and takes nothing that a worker may be waiting for.
        wait_ready(io::stdin(), PollFlags::empty(), Deadline::NEVER)?;
    }
    Ok(())
}

fn is_checked() -> bool {
    std::env::var_os(CHECKED).is_some()
}
