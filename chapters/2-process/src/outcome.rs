//! How a process ended, and how what it returned comes back.
//!
//! The result travels in a memfd, a file in memory that parent and child share from the start: the child
//! writes it before it ends, the parent reads it after. So a result of any size never blocks anybody, as
//! it would in a pipe that nobody reads yet, and a child killed while it writes leaves nothing half
//! read: the first byte, written last, says whether the rest is there.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use lesson::text;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::Signal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::descriptor::Descriptor;

/// The exit code of a process whose target panicked, as of any Rust program that panics.
pub(crate) const PANIC_EXIT_CODE: i32 = 101;

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It exited with this code: 0 when its target returned, else what it gave to `exit`. 101 without a panic's
    /// message: its result could not be stored, or it could not be set up; 141: nobody reads what it
    /// prints by `lesson::say!`.
    Exited(i32),
    /// The number of the signal that killed it: see [`End::signal`]. 0: nobody saw the end, since something else reaped it;
    /// only the crate `pool` reports that, of a worker.
    Signaled(i32),
    /// Its target panicked with this message; the exit code was 101. (With `panic = "abort"`: `Signaled`.) Also if a
    /// re-executed child could not decode its arguments.
    Panicked(String),
}

impl End {
    /// The signal that killed it. `None` if it exited, and for real-time signals (`signal(7)`), which have no name.
    pub fn signal(&self) -> Option<Signal> {
        match self {
            Self::Signaled(number) => Signal::try_from(*number).ok(),
            _ => None,
        }
    }

    /// What Python calls `exitcode`: the exit code, or minus the signal's number; 255 if nobody saw the end.
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::Exited(code) => *code,
            Self::Signaled(0) => 255,
            Self::Signaled(number) => -number,
            Self::Panicked(_) => PANIC_EXIT_CODE,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Exited(code) => {
                text!("exited with code {code}", "終了コード{code}で終了しました")
            }
            Self::Signaled(0) => text!(
                "ended unseen (is SIGCHLD ignored, or does something else reap?)",
                "終了しましたが、終わり方がわかりません(SIGCHLDを無視していないか、ほかの処理が回収していないか確認してください)"
            ),
            Self::Signaled(number) => {
                let name = self.signal().map_or("?", Signal::as_str);
                text!(
                    "was killed by signal {number} ({name})",
                    "シグナル{number}({name})で強制終了されました"
                )
            }
            Self::Panicked(message) => text!("panicked: {message}", "パニックしました: {message}"),
        })
    }
}

/// What the child has stored in the memfd.
pub(crate) enum Stored {
    Nothing,
    Returned(Vec<u8>),
    Panicked(String),
    /// The target returned something that cannot be encoded or stored: why.
    Unstorable(String),
}

// The first byte in the memfd. Zero, as in a gap that was never written, is none of them.
const RETURNED: u8 = 1;
const PANICKED: u8 = 2;
const UNSTORABLE: u8 = 3;

/// Makes the memfd through which the outcome will come back.
pub(crate) fn new_memfd() -> nix::Result<File> {
    let memfd = memfd_create(c"outcome", MFdFlags::MFD_CLOEXEC)?;
    // Where standard output was closed, the memfd may get its number, 1: `Descriptor::from` moves it above 2.
    Ok(File::from(OwnedFd::from(Descriptor::from(memfd))))
}

/// In the child: stores what the target returned.
///
/// # Errors
///
/// It cannot be encoded, or there is no memory for it. The reason is stored then, if that is possible.
pub(crate) fn store_returned<R: Serialize>(memfd: &File, value: &R) -> Result<(), String> {
    let stored = postcard::to_stdvec(value)
        .map_err(|error| error.to_string())
        .and_then(|bytes| store(memfd, RETURNED, &bytes).map_err(|error| error.to_string()));
    if let Err(reason) = &stored {
        // Of a value that did not fit there may be a beginning.
        let _ = memfd.set_len(0).and_then(|()| store(memfd, UNSTORABLE, reason.as_bytes()));
    }
    stored
}

/// In the child: stores a panic's message.
pub(crate) fn store_panicked(memfd: &File, message: &str) {
    // Without room for the message the exit code still tells of the panic.
    let _ = store(memfd, PANICKED, message.as_bytes());
}

fn store(memfd: &File, kind: u8, bytes: &[u8]) -> io::Result<()> {
    memfd.write_all_at(bytes, 1)?;
    memfd.write_all_at(&[kind], 0)
}

/// In the parent, after the child's end: what it left.
pub(crate) fn load(memfd: &File) -> io::Result<Stored> {
    let length = memfd.metadata()?.len();
    let mut kind = [0];
    if length == 0 || memfd.read_at(&mut kind, 0)? == 0 {
        return Ok(Stored::Nothing);
    }
    let length = usize::try_from(length - 1).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    // The length is the child's word: one that is out of all reason must not abort the parent.
    bytes.try_reserve_exact(length).map_err(io::Error::other)?;
    bytes.resize(length, 0);
    memfd.read_exact_at(&mut bytes, 1)?;
    Ok(match kind[0] {
        RETURNED => Stored::Returned(bytes),
        PANICKED => Stored::Panicked(String::from_utf8_lossy(&bytes).into_owned()),
        UNSTORABLE => Stored::Unstorable(String::from_utf8_lossy(&bytes).into_owned()),
        _ => Stored::Nothing,
    })
}

/// Decodes a returned value; every byte has to belong to it.
pub(crate) fn decode<R: DeserializeOwned>(bytes: &[u8]) -> Result<R, String> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(format!("{} bytes too many", rest.len())),
        Err(error) => Err(error.to_string()),
    }
}
