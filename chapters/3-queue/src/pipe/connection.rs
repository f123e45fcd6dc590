//! An end that sends and receives.

use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use process::ready::Deadline;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{receive, send};
use crate::error::{GetError, PutError};
use crate::transport::Socket;
use crate::waiting::{FOR_EVER, Patience};

/// One end of a connection: sends values of type `S`, receives values of type `R`.
///
/// If its peer is killed, what that had sent can still be received, and then comes the end of the stream. Two that both
/// send and do not receive wait for each other when the buffers are full: use a timeout, or let one begin.
///
/// # Platform
///
/// Linux, as [`Sender`](super::Sender).
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Connection<S, R> {
    socket: Socket,
    carries: PhantomData<fn(S) -> R>,
}

impl<S: Serialize, R: DeserializeOwned> Connection<S, R> {
    /// Sends a value to the other end. Blocks while its buffer is full: for ever, if its holder is stopped.
    ///
    /// # Errors
    ///
    /// [`PutError::Disconnected`] if the other end is gone or goes while this waits; else as [`Sender::send`](super::Sender::send).
    pub fn send(&self, item: S) -> Result<(), PutError<S>> {
        send(&self.socket, item, FOR_EVER)
    }

    /// Like [`send`](Self::send), but never blocks.
    ///
    /// # Errors
    ///
    /// [`PutError::Full`], or as [`send`](Self::send).
    pub fn try_send(&self, item: S) -> Result<(), PutError<S>> {
        send(&self.socket, item, Patience::None)
    }

    /// Like [`send`](Self::send), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`PutError::Timeout`], or as [`send`](Self::send).
    pub fn send_timeout(&self, item: S, timeout: Duration) -> Result<(), PutError<S>> {
        send(&self.socket, item, Patience::Until(Deadline::after(timeout)))
    }

    /// Receives a value from the other end. Blocks until there is one.
    ///
    /// # Errors
    ///
    /// [`GetError::Disconnected`] when nothing is left and the other end is gone; else as [`Receiver::recv`](super::Receiver::recv).
    pub fn recv(&self) -> Result<R, GetError> {
        receive(&self.socket, FOR_EVER)
    }

    /// Like [`recv`](Self::recv), but never blocks.
    ///
    /// # Errors
    ///
    /// [`GetError::Empty`], or as [`recv`](Self::recv).
    pub fn try_recv(&self) -> Result<R, GetError> {
        receive(&self.socket, Patience::None)
    }

    /// Like [`recv`](Self::recv), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`GetError::Timeout`], or as [`recv`](Self::recv).
    pub fn recv_timeout(&self, timeout: Duration) -> Result<R, GetError> {
        receive(&self.socket, Patience::Until(Deadline::after(timeout)))
    }
}

impl<S, R> From<Socket> for Connection<S, R> {
    fn from(socket: Socket) -> Self {
        Self { socket, carries: PhantomData }
    }
}

/// For `poll(2)`: readable when a value or the end of the stream is there.
impl<S, R> AsFd for Connection<S, R> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
