//! What answers to `pool/3-crash-proof` are given: shrinking a picture, by code that cannot be trusted.

use std::process::id;

use lesson::{say, text};
use nix::sys::signal::{Signal, raise};

use crate::checked;

/// The pictures are 1 to 8.
pub const PICTURES: u32 = 8;

/// Shrinks a picture and gives its new size in KB. One picture kills whoever reads it, another one is broken.
///
/// Under the check, picture 6 waits for a byte: its worker is killed meanwhile.
pub fn shrink(picture: u32) -> u32 {
    let pid = id();
    say!("shrinking picture {picture} (PID: {pid})", "画像{picture}を縮小します(PID: {pid})");
    match picture {
        3 => {
            let _ = raise(Signal::SIGKILL);
        }
        5 => panic!("{}", text!("the picture is broken", "画像が壊れています")),
        6 => checked::wait(),
        _ => {}
    }
    picture * 10
}
