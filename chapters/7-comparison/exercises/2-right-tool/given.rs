//! What answers to `comparison/2-right-tool` are given: a server that takes its time.

use std::thread;
use std::time::Duration;

/// The servers are 1 to 10.
pub const SERVERS: u32 = 10;

/// Asks a server how many users it has. Blocks for 100 ms, until the server replies.
pub fn ask(server: u32) -> u32 {
    // No server here, and no network: but waiting is waiting.
    thread::sleep(Duration::from_millis(100));
    server * 11
}
