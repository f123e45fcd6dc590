//! Wrong on purpose: one lock for all writers. It works, until one is killed with half a frame written.
//!
//! The lock is robust, so the next writer gets it and is told. But nobody can take the half frame out of the pipe again:
//! the reader takes the next frame for the rest of it, and has lost its place for ever. A message has to be sent whole or
//! not at all, and only the kernel can promise that, or a memory in which a half one can be found and buried:
//! [`Queue`](crate::Queue) and [`Ring`](crate::Ring).

use std::io;

use serde::{Deserialize, Serialize};

use super::s2_frames::{FrameReceiver, FrameSender, frame_pipe};
use crate::shared::Locked;

/// The end that sends. Give clones of it to children in the arguments of a spawn.
#[derive(Debug, Serialize, Deserialize)]
pub struct LockedSender {
    frames: FrameSender,
    /// Counts the frames, and lets in one writer at a time.
    sent: Locked<u64>,
}

/// Makes a pipe for frames of many senders, and one receiver.
///
/// # Errors
///
/// `EMFILE`: this process has as many descriptors open as it may; `ENOMEM`.
pub fn locked_pipe() -> io::Result<(LockedSender, FrameReceiver)> {
    let (frames, receiver) = frame_pipe()?;
    Ok((LockedSender { frames, sent: Locked::new(&[0])? }, receiver))
}

impl LockedSender {
    /// A second handle, for another process.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`locked_pipe`].
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { frames: self.frames.try_clone()?, sent: self.sent.clone() })
    }

    // ANCHOR: send
    /// Sends a frame, alone. Says whether the last one to send was killed meanwhile. Blocks while the pipe is full or
    /// somebody else sends, for ever if that one is stopped.
    ///
    /// # Errors
    ///
    /// `EPIPE` if no receiver is left.
    pub fn send(&self, frame: &[u8]) -> io::Result<bool> {
        let mut sent = self.sent.lock().map_err(io::Error::other)?;
        self.frames.send(frame)?;
        sent[0] += 1;
        Ok(sent.previous_owner_died())
    }
    // ANCHOR_END: send
}
