//! Wrong on purpose: bytes without boundaries. Two messages that are sent come out as one.
//!
//! A pipe is a stream: it keeps the bytes and their order, not which of them were written together. One `read` gets
//! whatever is there (`pipe(7)`). The next stage puts a length before each message.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use process::Descriptor;
use serde::{Deserialize, Serialize};

/// The end that writes. Give it to a child in the arguments of a spawn.
#[derive(Debug, Serialize, Deserialize)]
pub struct RawWriter(Descriptor);

/// The end that reads.
#[derive(Debug, Serialize, Deserialize)]
pub struct RawReader(Descriptor);

/// Makes a pipe (`pipe(2)`).
///
/// # Errors
///
/// `EMFILE`: this process has as many descriptors open as it may.
pub fn raw_pipe() -> io::Result<(RawWriter, RawReader)> {
    let (reader, writer) = io::pipe()?;
    Ok((RawWriter(OwnedFd::from(writer).into()), RawReader(OwnedFd::from(reader).into())))
}

impl RawWriter {
    /// A second handle, for another process.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`raw_pipe`].
    pub fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    // ANCHOR: write
    /// Writes the bytes. Blocks while the pipe is full: it holds 64 KiB (`pipe(7)`). Who is killed in here leaves a part.
    ///
    /// # Errors
    ///
    /// `EPIPE` if no reader is left.
    pub fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            // One call need not write all of it: of a large message only what fits.
            bytes = &bytes[nix::unistd::write(&self.0, bytes)?..];
        }
        Ok(())
    }
    // ANCHOR_END: write
}

impl RawReader {
    // ANCHOR: read
    /// Reads what is there, at most what fits into `bytes`; 0 is the end, when no writer is left. Blocks while there is
    /// nothing. What a killed writer had written is still read.
    ///
    /// # Errors
    ///
    /// What `read(2)` says.
    pub fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        Ok(nix::unistd::read(&self.0, bytes)?)
    }
    // ANCHOR_END: read
}

/// For `poll(2)`.
impl AsFd for RawReader {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
