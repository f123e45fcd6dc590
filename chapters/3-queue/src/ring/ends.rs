//! The ends of a ring that children are given: one puts, one gets.

use std::io;
use std::marker::PhantomData;
use std::time::Duration;

use process::Descriptor;
use process::ready::Deadline;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::machine::Participant;
use super::transfer::{get, put};
use crate::error::{GetError, PutError};
use crate::waiting::{FOR_EVER, Patience};

/// The end of a ring that puts. While it exists, there is no end of the stream.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct RingProducer<T> {
    pub(super) participant: Participant,
    pub(super) puts: Descriptor,
    pub(super) carries: PhantomData<fn(T)>,
}

impl<T> RingProducer<T> {
    /// A second handle, for another process. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, `ENOMEM`, as [`Ring::new`](super::Ring::new).
    pub fn try_clone(&self) -> io::Result<Self> {
        let participant = self.participant.try_clone()?;
        Ok(Self { participant, puts: self.puts.try_clone()?, carries: PhantomData })
    }

    /// About how many items wait: see [`Ring::len`](super::Ring::len).
    pub fn len(&self) -> usize {
        self.participant.len()
    }

    /// Whether nothing waits at this moment: see [`Ring::is_empty`](super::Ring::is_empty).
    pub fn is_empty(&self) -> bool {
        self.participant.is_empty()
    }
}

impl<T: Serialize> RingProducer<T> {
    /// Puts an item. Blocks while the ring is full. A dead peer's slot is freed, a stopped one's is waited for.
    ///
    /// # Errors
    ///
    /// [`PutError::Disconnected`] if the ring is full and every consumer is gone: unlike a
    /// [`Producer`](crate::Producer), it does not notice while there is room. [`PutError::System`]: `EUSERS` if 64
    /// handles of the ring are in use; for an item above 1 MiB `ENOSPC` or `ENOMEM` if there is no memory, `EFBIG` if
    /// this process has a limit for files (`ulimit -f`). The item is given back with every error.
    pub fn put(&self, item: T) -> Result<(), PutError<T>> {
        put(&self.participant, &self.puts, item, FOR_EVER)
    }

    /// Like [`put`](Self::put), but does not wait for room. Somebody at work in the slot is waited for some microseconds.
    ///
    /// # Errors
    ///
    /// [`PutError::Full`], or as [`put`](Self::put).
    pub fn try_put(&self, item: T) -> Result<(), PutError<T>> {
        put(&self.participant, &self.puts, item, Patience::None)
    }

    /// Like [`put`](Self::put), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`PutError::Timeout`], or as [`put`](Self::put).
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), PutError<T>> {
        put(&self.participant, &self.puts, item, Patience::Until(Deadline::after(timeout)))
    }
}

/// The end of a ring that gets. When the last one is gone, nobody can put any more than there is room for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct RingConsumer<T> {
    pub(super) participant: Participant,
    pub(super) gets: Descriptor,
    pub(super) carries: PhantomData<fn() -> T>,
}

impl<T> RingConsumer<T> {
    /// A second handle, for another process. Each item goes to one of them. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, `ENOMEM`, as [`Ring::new`](super::Ring::new).
    pub fn try_clone(&self) -> io::Result<Self> {
        let participant = self.participant.try_clone()?;
        Ok(Self { participant, gets: self.gets.try_clone()?, carries: PhantomData })
    }

    /// About how many items wait: see [`Ring::len`](super::Ring::len).
    pub fn len(&self) -> usize {
        self.participant.len()
    }

    /// Whether nothing waits at this moment: see [`Ring::is_empty`](super::Ring::is_empty).
    pub fn is_empty(&self) -> bool {
        self.participant.is_empty()
    }
}

impl<T: DeserializeOwned> RingConsumer<T> {
    /// Gets an item. Blocks until there is one. Each item goes to one consumer, those of one producer in order. What a
    /// dead producer had not finished is skipped, a stopped one is waited for.
    ///
    /// # Errors
    ///
    /// [`GetError::Disconnected`]: the ring is empty, and every producer has closed or ended. [`GetError::Decode`]: the
    /// item was of another type, and is gone. [`GetError::System`]: `EUSERS` if 64 handles of the ring are in use;
    /// `ENOMEM` if there is no memory for a copy of a large item, which is gone then.
    pub fn get(&self) -> Result<T, GetError> {
        get(&self.participant, &self.gets, FOR_EVER)
    }

    /// Like [`get`](Self::get), but does not wait for an item. One being put is waited for some microseconds.
    ///
    /// # Errors
    ///
    /// [`GetError::Empty`], or as [`get`](Self::get).
    pub fn try_get(&self) -> Result<T, GetError> {
        get(&self.participant, &self.gets, Patience::None)
    }

    /// Like [`get`](Self::get), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`GetError::Timeout`], or as [`get`](Self::get).
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        get(&self.participant, &self.gets, Patience::Until(Deadline::after(timeout)))
    }
}

/// The items of a ring until the end of the stream. Each step blocks like [`RingConsumer::get`].
#[derive(Debug)]
pub struct RingItems<T>(pub(super) RingConsumer<T>);

impl<T: DeserializeOwned> Iterator for RingItems<T> {
    type Item = Result<T, GetError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.get() {
            Err(GetError::Disconnected) => None,
            other => Some(other),
        }
    }
}

impl<T: DeserializeOwned> IntoIterator for RingConsumer<T> {
    type Item = Result<T, GetError>;
    type IntoIter = RingItems<T>;

    fn into_iter(self) -> RingItems<T> {
        RingItems(self)
    }
}
