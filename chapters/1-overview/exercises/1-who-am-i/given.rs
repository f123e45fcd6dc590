//! What answers to `overview/1-who-am-i` are given: a moment in which the check can look.

use std::env;
use std::fs::File;
use std::io::{Read, stdin};
use std::os::fd::AsFd;

/// Under the check (`CHECKED` is set), waits for a byte on standard input; else does nothing.
///
/// So the check can compare what the program says of itself with `/proc`, while the process is still there.
pub fn be_seen() {
    if env::var_os("CHECKED").is_some() {
        // Not through `std::io::stdin` itself: it would take more bytes than one.
        if let Ok(input) = stdin().as_fd().try_clone_to_owned() {
            let _ = File::from(input).read(&mut [0]);
        }
    }
}
