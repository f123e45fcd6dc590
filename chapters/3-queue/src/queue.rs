//! A bounded queue with many producers and many consumers, in any processes.
//!
//! One packet socket, nothing else: all producers share its sending end, all consumers its receiving
//! end. The kernel keeps the items whole, wakes who waits, counts the memory, and knows when the last
//! producer or consumer is gone, however it went.

mod ends;

use std::io;
use std::time::Duration;

use nix::errno::Errno;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{GetError, PutError};
use crate::transport::Socket;
pub use ends::{Consumer, Items, Producer};

/// Both ends of a queue. Children are given a [`Producer`] or a [`Consumer`] of it.
///
/// # Capacity
///
/// A queue made with capacity 8 takes 8 small items (up to about 180 bytes) before `put` waits. Larger items weigh
/// more, in the kernel's unit, so fewer of them fit; one of any size always does. A producer that waits goes on
/// when three quarters of the queue are free: waking it for each single place would cost more.
///
/// # The end of the stream
///
/// A consumer sees [`GetError::Disconnected`] when the queue is empty and no producer is left. Whoever holds a
/// `Queue` is a producer too, until it calls [`close`](Self::close). Producers that were killed are gone like others.
///
/// # A process killed at any moment
///
/// An item is put as a whole or not at all. A consumer that is killed takes at most the one item with it that it
/// had just got. Nobody else notices.
///
/// Which item that was, the queue cannot say: the kernel has given it away. To know it, give the items numbers, and have
/// the consumers note in shared memory ([`Atomics`](crate::shared::Atomics)), or in an answer, which ones they have dealt
/// with: what was put and is not noted when all have ended went with those that were killed.
///
/// # Platform
///
/// Linux: `SOCK_SEQPACKET` in `unix(7)`, and `memfd_create(2)` for large items.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Queue<T> {
    /// Gone once it was closed.
    producer: Option<Producer<T>>,
    consumer: Consumer<T>,
}

impl<T> Queue<T> {
    /// Makes a queue for `capacity` small items. Never blocks.
    ///
    /// # Errors
    ///
    /// - `EINVAL`: a queue for no item at all could never carry one.
    /// - `ENOBUFS`: the system does not allow a buffer of that size: about 270 items for each 100 KiB of
    ///   `net.core.wmem_max` (`sysctl`).
    /// - `EMFILE`: this process has as many descriptors open as it may (`ulimit -n`).
    pub fn new(capacity: usize) -> nix::Result<Self> {
        if capacity == 0 {
            return Err(Errno::EINVAL);
        }
        let (sender, receiver) = Socket::pair_for(capacity)?;
        let producer = Some(Producer(sender.into()));
        Ok(Self { producer, consumer: Consumer(receiver.into()) })
    }

    /// A handle that only puts. Give it to a child in the arguments of a spawn. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`new`](Self::new); `EPIPE` after [`close`](Self::close).
    pub fn producer(&self) -> io::Result<Producer<T>> {
        match &self.producer {
            Some(producer) => producer.try_clone(),
            None => Err(Errno::EPIPE.into()),
        }
    }

    /// A handle that only gets. Give it to a child in the arguments of a spawn. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`new`](Self::new).
    pub fn consumer(&self) -> io::Result<Consumer<T>> {
        self.consumer.try_clone()
    }

    /// Says that nothing more will be put through this handle. It can still get. Never blocks.
    ///
    /// As Python's `close`, but it is more than a hint: without it this process counts as a producer, and
    /// nobody sees the end of the stream.
    pub fn close(&mut self) {
        self.producer = None;
    }

    /// About how many items wait. A hint, from the memory they take: right for small items, more for larger ones; after
    /// [`close`](Self::close) from their bytes, as [`Consumer::len`]. Never blocks.
    pub fn len(&self) -> usize {
        self.producer.as_ref().map_or_else(|| self.consumer.len(), Producer::len)
    }

    /// Whether nothing waited at that moment. A hint, because the next moment may differ. Never blocks.
    pub fn is_empty(&self) -> bool {
        self.consumer.is_empty()
    }
}

impl<T: Serialize> Queue<T> {
    /// Puts an item. Blocks while the queue is full. See [`Producer::put`].
    ///
    /// # Errors
    ///
    /// [`PutError::Closed`] after [`close`](Self::close), or as [`Producer::put`].
    pub fn put(&self, item: T) -> Result<(), PutError<T>> {
        match &self.producer {
            Some(producer) => producer.put(item),
            None => Err(PutError::Closed(item)),
        }
    }

    /// Like [`put`](Self::put), but never blocks.
    ///
    /// # Errors
    ///
    /// [`PutError::Full`], or as [`put`](Self::put).
    pub fn try_put(&self, item: T) -> Result<(), PutError<T>> {
        match &self.producer {
            Some(producer) => producer.try_put(item),
            None => Err(PutError::Closed(item)),
        }
    }

    /// Like [`put`](Self::put), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`PutError::Timeout`], or as [`put`](Self::put).
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), PutError<T>> {
        match &self.producer {
            Some(producer) => producer.put_timeout(item, timeout),
            None => Err(PutError::Closed(item)),
        }
    }
}

impl<T: DeserializeOwned> Queue<T> {
    /// Gets an item. Blocks until there is one. See [`Consumer::get`].
    ///
    /// # Errors
    ///
    /// As [`Consumer::get`].
    pub fn get(&self) -> Result<T, GetError> {
        self.consumer.get()
    }

    /// Like [`get`](Self::get), but never blocks.
    ///
    /// # Errors
    ///
    /// [`GetError::Empty`], or as [`get`](Self::get).
    pub fn try_get(&self) -> Result<T, GetError> {
        self.consumer.try_get()
    }

    /// Like [`get`](Self::get), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`GetError::Timeout`], or as [`get`](Self::get).
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        self.consumer.get_timeout(timeout)
    }
}

/// Closes this handle for putting first, so that the stream can end.
impl<T: DeserializeOwned> IntoIterator for Queue<T> {
    type Item = Result<T, GetError>;
    type IntoIter = Items<T>;

    fn into_iter(self) -> Items<T> {
        Items(self.consumer)
    }
}
