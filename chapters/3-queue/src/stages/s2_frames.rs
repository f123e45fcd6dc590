//! Wrong on purpose: frames without a lock. One writer's messages arrive whole; those of two mix.
//!
//! The kernel keeps a `write` together only up to `PIPE_BUF`, 4096 bytes (`pipe(7)`). In the middle of a larger frame
//! another process's bytes may come; then also every later length is read from the wrong place. The next stage takes a
//! lock for each frame.

use std::io::{self, ErrorKind};

use nix::poll::PollFlags;
use process::ready::{Deadline, wait_ready};
use serde::{Deserialize, Serialize};

use super::s1_raw_pipe::{RawReader, RawWriter, raw_pipe};

/// The end that sends. Give it to a child in the arguments of a spawn.
#[derive(Debug, Serialize, Deserialize)]
pub struct FrameSender(RawWriter);

/// The end that receives.
#[derive(Debug, Serialize, Deserialize)]
pub struct FrameReceiver(RawReader);

/// Longer frames are not sent: who reads a greater length has lost its place.
pub const LONGEST: usize = 16 << 20;

/// Makes a pipe for frames.
///
/// # Errors
///
/// `EMFILE`: this process has as many descriptors open as it may.
pub fn frame_pipe() -> io::Result<(FrameSender, FrameReceiver)> {
    let (writer, reader) = raw_pipe()?;
    Ok((FrameSender(writer), FrameReceiver(reader)))
}

impl FrameSender {
    /// A second handle, for another process.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`frame_pipe`].
    pub fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    // ANCHOR: frame
    /// Sends a frame: its length in four bytes, then itself. Blocks while the pipe is full. Who is killed in here leaves
    /// a part.
    ///
    /// # Errors
    ///
    /// `EPIPE` if no receiver is left.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        let length = (frame.len() as u32).to_le_bytes();
        self.0.write_all(&[&length[..], frame].concat())
    }
    // ANCHOR_END: frame
}

impl FrameReceiver {
    /// Receives a frame. Blocks until it is complete: if its sender was killed, until others have sent as much, which is
    /// then taken for its rest.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` at the end, also in the middle of a frame; `InvalidData` for a length that none has.
    pub fn recv(&self) -> io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.fill(&mut length)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > LONGEST {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut frame = vec![0; length];
        self.fill(&mut frame).map(|()| frame)
    }

    /// Blocks until something is there to be read, or the end.
    ///
    /// # Errors
    ///
    /// What `poll(2)` says.
    pub fn wait_for_bytes(&self) -> io::Result<()> {
        wait_ready(&self.0, PollFlags::POLLIN, Deadline::NEVER)?;
        Ok(())
    }

    fn fill(&self, mut bytes: &mut [u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.0.read(bytes)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => bytes = &mut bytes[count..],
            }
        }
        Ok(())
    }
}
