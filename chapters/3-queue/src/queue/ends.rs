//! The ends of a queue that children are given: one puts, one gets.

use std::io;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{GetError, PutError};
use crate::pipe::{Receiver, Sender};

/// The end of a queue that puts. While it exists, there is no end of the stream.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Producer<T>(pub(super) Sender<T>);

/// The end of a queue that gets. When the last one is gone, nobody can put any more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Consumer<T>(pub(super) Receiver<T>);

impl<T> Producer<T> {
    /// A second handle, for another process. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`Queue::new`](super::Queue::new).
    pub fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// About how many items wait. A hint, from the memory they take (`SIOCOUTQ`, `unix(7)`): right for small items, more
    /// for larger ones. Never blocks.
    pub fn len(&self) -> usize {
        self.0.sent_and_unread()
    }

    /// Whether nothing waited at that moment. A hint, because the next moment may differ. Never blocks.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Serialize> Producer<T> {
    /// Puts an item. Blocks while the queue is full. Once this returns, `try_get` finds the item in any process, and it
    /// stays there if this one is killed.
    ///
    /// # Errors
    ///
    /// [`PutError::Disconnected`] if every consumer is gone, killed or not, or the last one goes while this waits.
    /// [`PutError::Encode`]. [`PutError::System`]: `EMFILE`, `ENOMEM` or `EFBIG` for a large item. The item is given back
    /// with every error.
    pub fn put(&self, item: T) -> Result<(), PutError<T>> {
        self.0.send(item)
    }

    /// Like [`put`](Self::put), but never blocks.
    ///
    /// # Errors
    ///
    /// [`PutError::Full`], or as [`put`](Self::put).
    pub fn try_put(&self, item: T) -> Result<(), PutError<T>> {
        self.0.try_send(item)
    }

    /// Like [`put`](Self::put), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`PutError::Timeout`], or as [`put`](Self::put).
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), PutError<T>> {
        self.0.send_timeout(item, timeout)
    }
}

impl<T> Consumer<T> {
    /// A second handle, for another process. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, as [`Queue::new`](super::Queue::new).
    pub fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// How many items wait at most. A hint, from their bytes (`SIOCINQ`, `unix(7)`): this end
    /// sees no more. Never blocks.
    pub fn len(&self) -> usize {
        self.0.to_receive()
    }

    /// Whether nothing waited at that moment. A hint, because the next moment may differ. Never blocks.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: DeserializeOwned> Consumer<T> {
    /// Gets an item. Blocks until there is one. Each item goes to one consumer.
    ///
    /// # Errors
    ///
    /// [`GetError::Disconnected`]: the queue is empty, and every producer has closed or ended, killed or not.
    /// [`GetError::Decode`]: the item was of another type, and is gone. [`GetError::System`]: `EMFILE` or `ENOMEM` for a
    /// large item, which is lost then.
    pub fn get(&self) -> Result<T, GetError> {
        self.0.recv()
    }

    /// Like [`get`](Self::get), but never blocks.
    ///
    /// # Errors
    ///
    /// [`GetError::Empty`], or as [`get`](Self::get).
    pub fn try_get(&self) -> Result<T, GetError> {
        self.0.try_recv()
    }

    /// Like [`get`](Self::get), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`GetError::Timeout`], or as [`get`](Self::get).
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        self.0.recv_timeout(timeout)
    }
}

/// The items of a queue until the end of the stream. Each step blocks like [`Consumer::get`].
#[derive(Debug)]
pub struct Items<T>(pub(super) Consumer<T>);

impl<T: DeserializeOwned> Iterator for Items<T> {
    type Item = Result<T, GetError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.get() {
            Err(GetError::Disconnected) => None,
            other => Some(other),
        }
    }
}

impl<T: DeserializeOwned> IntoIterator for Consumer<T> {
    type Item = Result<T, GetError>;
    type IntoIter = Items<T>;

    fn into_iter(self) -> Items<T> {
        Items(self)
    }
}
