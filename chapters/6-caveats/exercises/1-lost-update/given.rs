//! What answers to `caveats/1-lost-update` are given: visitors, and how to add one of them.

use std::process::id;
use std::thread;

use lesson::say;

use crate::checked;

/// How many visitors come through each of the two doors.
pub const EACH: u64 = 5_000;

/// Opens a door, says so, and gives the visitors who come through it.
///
/// Under the check it waits for a byte first, so that both doors are open before the first visitor comes.
pub fn visitors(door: u32) -> impl Iterator<Item = u64> {
    let pid = id();
    say!("door {door} is open (PID: {pid})", "入口{door}が開きました(PID: {pid})");
    checked::wait();
    1..=EACH
}

/// One more than `seen`. Now and then it lets other processes go first before it answers: as with any two steps, they
/// may be interrupted between them, only that here it happens often.
pub fn plus_one(seen: u64) -> u64 {
    if seen.is_multiple_of(10) {
        thread::yield_now();
    }
    seen + 1
}
