//! A pipe between two processes: one sends, one receives; or both do both.
//!
//! Each is a packet socket. Several processes may hold the same end: what they send does not mix, and what comes goes to
//! one of them.

mod connection;

use std::cell::RefCell;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use process::ready::Deadline;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::encode::{MOST_KEPT, append, decode};
use crate::error::{GetError, PutError};
use crate::transport::{HEADER, Socket};
use crate::waiting::{FOR_EVER, Patience};
pub use connection::Connection;

/// Makes a pipe for values of type `T`: what is sent into the first end comes out of the second. Never blocks.
///
/// How many values it holds depends on their size and on the system (`net.core.wmem_default`): some hundred small ones.
///
/// # Errors
///
/// `EMFILE`: this process has as many descriptors open as it may (`ulimit -n`).
pub fn pipe<T>() -> nix::Result<(Sender<T>, Receiver<T>)> {
    let (sender, receiver) = Socket::pair()?;
    Ok((Sender::from(sender), Receiver::from(receiver)))
}

/// Makes a connection with two ends, each of which sends and receives: what one end sends as `A`
/// comes out of the other, and the other way round as `B`. Never blocks.
///
/// # Errors
///
/// As [`pipe()`].
pub fn duplex<A, B>() -> nix::Result<(Connection<A, B>, Connection<B, A>)> {
    let (one, other) = Socket::pair()?;
    Ok((Connection::from(one), Connection::from(other)))
}

/// The end of a pipe that sends. Give it to a child in the arguments of a spawn.
///
/// A process killed while it sends has sent the value whole or not at all.
///
/// # Platform
///
/// Linux: `SOCK_SEQPACKET` in `unix(7)`, and `memfd_create(2)` for large values.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Sender<T> {
    socket: Socket,
    sends: PhantomData<fn(T)>,
}

/// The end of a pipe that receives. Give it to a child in the arguments of a spawn.
///
/// A process killed while it receives takes at most that one value with it.
///
/// # Platform
///
/// Linux, as [`Sender`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Receiver<T> {
    socket: Socket,
    receives: PhantomData<fn() -> T>,
}

impl<T> Sender<T> {
    /// A second handle of this end. The receiver sees the end of the stream when all of them are gone. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`pipe()`].
    pub fn try_clone(&self) -> std::io::Result<Self> {
        self.socket.try_clone().map(Self::from)
    }

    pub(crate) fn sent_and_unread(&self) -> usize {
        self.socket.sent_and_unread()
    }
}

impl<T: Serialize> Sender<T> {
    /// Sends a value. Blocks while the pipe is full: for ever, if the receiver is stopped.
    ///
    /// # Errors
    ///
    /// [`PutError::Disconnected`] if the receiver is gone, killed or not, or goes while this waits. [`PutError::Encode`].
    /// [`PutError::System`]: `EMFILE`, `ENOMEM` or `EFBIG` for a large value. It is given back with every error.
    pub fn send(&self, item: T) -> Result<(), PutError<T>> {
        send(&self.socket, item, FOR_EVER)
    }

    /// Like [`send`](Self::send), but never blocks.
    ///
    /// # Errors
    ///
    /// [`PutError::Full`], or as [`send`](Self::send).
    pub fn try_send(&self, item: T) -> Result<(), PutError<T>> {
        send(&self.socket, item, Patience::None)
    }

    /// Like [`send`](Self::send), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`PutError::Timeout`], or as [`send`](Self::send).
    pub fn send_timeout(&self, item: T, timeout: Duration) -> Result<(), PutError<T>> {
        send(&self.socket, item, Patience::Until(Deadline::after(timeout)))
    }
}

impl<T> Receiver<T> {
    /// A second handle of this end. A value goes to one of them. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`pipe()`].
    pub fn try_clone(&self) -> std::io::Result<Self> {
        self.socket.try_clone().map(Self::from)
    }

    pub(crate) fn to_receive(&self) -> usize {
        self.socket.to_receive()
    }
}

impl<T: DeserializeOwned> Receiver<T> {
    /// Receives a value. Blocks until there is one.
    ///
    /// # Errors
    ///
    /// [`GetError::Disconnected`] when nothing is left and every sender is gone, killed or not. [`GetError::Decode`]: it
    /// was of another type. [`GetError::System`]: `EMFILE` or `ENOMEM` for a large value, which is lost then.
    pub fn recv(&self) -> Result<T, GetError> {
        receive(&self.socket, FOR_EVER)
    }

    /// Like [`recv`](Self::recv), but never blocks.
    ///
    /// # Errors
    ///
    /// [`GetError::Empty`], or as [`recv`](Self::recv).
    pub fn try_recv(&self) -> Result<T, GetError> {
        receive(&self.socket, Patience::None)
    }

    /// Like [`recv`](Self::recv), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`GetError::Timeout`], or as [`recv`](Self::recv).
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        receive(&self.socket, Patience::Until(Deadline::after(timeout)))
    }
}

impl<T> From<Socket> for Sender<T> {
    fn from(socket: Socket) -> Self {
        Self { socket, sends: PhantomData }
    }
}

impl<T> From<Socket> for Receiver<T> {
    fn from(socket: Socket) -> Self {
        Self { socket, receives: PhantomData }
    }
}

/// For `poll(2)`: readable when a value or the end of the stream is there.
impl<T> AsFd for Receiver<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

thread_local! {
    static ENCODED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn send<T: Serialize>(socket: &Socket, item: T, patience: Patience) -> Result<(), PutError<T>> {
    // Encoding may come back here: then that one makes a buffer of its own.
    let mut buffer = ENCODED.take();
    buffer.clear();
    buffer.extend([0; HEADER]);
    if let Err(source) = append(&mut buffer, &item) {
        return Err(PutError::Encode { item, source });
    }
    let sent = socket.send(&mut buffer, patience);
    if buffer.capacity() <= MOST_KEPT {
        ENCODED.set(buffer);
    }
    sent.map_err(|reason| reason.with(item))
}

fn receive<T: DeserializeOwned>(socket: &Socket, patience: Patience) -> Result<T, GetError> {
    socket.receive(patience, decode)?
}
