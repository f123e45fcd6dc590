//! The advanced page: a queue in shared memory, lock-free, that survives the death of anybody.
//!
//! A known lock-free ring gives every slot a number that says whose turn it is. It is fast, and it hangs for
//! ever when a process is killed between claiming a slot and publishing it. Here each slot's word also names
//! its *owner*, and the living bury the dead: whoever waits for a slot whose owner has died frees it.
//!
//! Dead or alive is decided by the kernel: every participant holds a robust mutex while it takes part, and only
//! "its owner died" allows a burial. So there are no pids that might mean somebody else by now, and a process that
//! is merely stopped is waited for.
//!
//! Who is left to put or get is the kernel's to know, too: producers hold one end of a pipe, consumers the other.
//!
//! The ring that hangs is Dmitry Vyukov's bounded queue (1024cores.net, 2010); how the kernel tells who died is in its
//! `robust-futexes` document; how to sleep without missing a wake, in `futex(2)`.
//!
//! Read `word` first, then `machine`; `model` tries every order of their steps, with a death after each, and `loom`
//! what the memory model allows beyond that. The unsafe part is `sys::ring`.

mod budget;
mod ends;
#[cfg(test)]
mod fuzz;
#[cfg(all(test, feature = "loom"))]
mod loom;
mod machine;
#[cfg(test)]
mod model;
mod transfer;
mod word;

use std::io;
use std::marker::PhantomData;
// Under this name the machine uses them, which has others under `loom`.
use std::sync::atomic;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::pipe2;
use process::Descriptor;
use process::ready::Deadline;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{GetError, PutError};
use crate::sys::ring::{self as memory, Memory};
use crate::waiting::{FOR_EVER, Patience};
pub use ends::{RingConsumer, RingItems, RingProducer};
use machine::Participant;
use transfer::{get, put};

/// The smallest capacity: with 48 bits for the laps, fewer slots would come round within a lifetime.
const LEAST_CAPACITY: usize = 64;

/// Both ends of a ring. Children are given a [`RingProducer`] or a [`RingConsumer`] of it.
///
/// The same methods as [`Queue`](crate::Queue), many times as fast between processes on different cores, and
/// several times the code. See there for the end of the stream.
///
/// # Capacity
///
/// In items of up to 1 MiB: the next power of two, at least 64. Of larger ones fewer fit: all of them together may have
/// 1 MiB for each place beyond the one that every place has; but a single one of any size always fits. So a ring of
/// capacity 64 takes up to 128 MiB, or 64 MiB and one giant. Producers that put large items at the same moment may exceed
/// this by one item each. While a large item waits for room, smaller ones of other producers may overtake it.
///
/// Each place keeps up to 1 MiB for its next item; what is above that goes back to the system when the item was got.
///
/// # A process killed at any moment
///
/// Nobody hangs, no item is corrupt or comes twice. A killed consumer takes at most the one item with it that it
/// was getting, a killed producer the one it was putting. A process that is *stopped* (`SIGSTOP`) in the middle of an
/// item, or of freeing what a dead one held, holds up those behind it until it goes on.
///
/// [`lost`](Self::lost) counts what was lost with consumers. *Which* item it was, only the items can tell: give each a
/// number, and have the consumers note in shared memory, or in an answer, which ones they have dealt with. That also
/// finds the item that a consumer had got and had not dealt with when it was killed.
///
/// # Order
///
/// The items of one producer arrive in the order in which it put them.
///
/// # Platform
///
/// Linux: `memfd_create(2)`, `futex(2)`, `pthread_mutexattr_setrobust(3)`, `fallocate(2)`.
///
/// # Threads and forks
///
/// A handle stays in its thread (not `Send`); at most 64 handles of one ring can be in use at the same time.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Ring<T> {
    participant: Participant,
    /// Gone once it was closed.
    puts: Option<Descriptor>,
    gets: Descriptor,
    carries: PhantomData<fn(T) -> T>,
}

/// What travels is the memory. Who gives a handle away gives up its seat: the new owner takes its own.
impl Serialize for Participant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.leave();
        self.memory.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Participant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Memory::deserialize(deserializer).map(Self::new)
    }
}

impl<T> Ring<T> {
    /// Makes a ring for at least `capacity` items. Never blocks.
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: there is no room for its addresses (1 MiB an item; memory is taken only when it is used), or the
    ///   capacity is above 2²².
    /// - `EFBIG`: this process may not have files of that size, be they in memory (`ulimit -f`).
    /// - `EMFILE`: this process has as many descriptors open as it may (`ulimit -n`).
    pub fn new(capacity: usize) -> nix::Result<Self> {
        let capacity =
            capacity.max(LEAST_CAPACITY).checked_next_power_of_two().ok_or(Errno::ENOMEM)?;
        let (gets, puts) = pipe2(OFlag::O_CLOEXEC)?;
        Ok(Self {
            participant: Participant::new(Memory::new(capacity)?),
            puts: Some(puts.into()),
            gets: gets.into(),
            carries: PhantomData,
        })
    }

    /// How many items of up to 1 MiB it holds before `put` waits.
    pub fn capacity(&self) -> usize {
        self.participant.memory.capacity()
    }

    /// A handle that only puts. Give it to a child in the arguments of a spawn. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, `ENOMEM`, as [`new`](Self::new); `EPIPE` after [`close`](Self::close).
    pub fn producer(&self) -> io::Result<RingProducer<T>> {
        let puts = self.puts.as_ref().ok_or(Errno::EPIPE)?;
        let participant = self.participant.try_clone()?;
        Ok(RingProducer { participant, puts: puts.try_clone()?, carries: PhantomData })
    }

    /// A handle that only gets. Give it to a child in the arguments of a spawn. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`, `ENOMEM`, as [`new`](Self::new).
    pub fn consumer(&self) -> io::Result<RingConsumer<T>> {
        let participant = self.participant.try_clone()?;
        Ok(RingConsumer { participant, gets: self.gets.try_clone()?, carries: PhantomData })
    }

    /// Says that nothing more will be put through this handle. It can still get. Never blocks. Without it this process counts as a
    /// producer, and nobody sees the end of the stream.
    pub fn close(&mut self) {
        self.puts = None;
    }

    /// About how many items wait. A hint: it counts those that are being put or got, and those that died with their
    /// producer. Never blocks.
    pub fn len(&self) -> usize {
        self.participant.len()
    }

    /// Whether nothing was there to be got at that moment. A hint, because the next moment may differ, and at the end of
    /// the stream too. Never blocks.
    pub fn is_empty(&self) -> bool {
        self.participant.is_empty()
    }

    /// How many items were lost in here with consumers that were killed while they got them. Never blocks.
    ///
    /// Exact for the consumers that are dead by now: first it frees what they held. It does not count an item that a
    /// consumer had already got when it was killed, and one of a consumer that is dying just now only the next time.
    ///
    /// # Errors
    ///
    /// What `pthread_mutex_trylock(3)` says.
    pub fn lost(&self) -> nix::Result<u64> {
        self.participant.lost()
    }
}

impl<T: Serialize> Ring<T> {
    /// Puts an item. Blocks while the ring is full. See [`RingProducer::put`].
    ///
    /// # Errors
    ///
    /// [`PutError::Closed`] after [`close`](Self::close), or as [`RingProducer::put`].
    pub fn put(&self, item: T) -> Result<(), PutError<T>> {
        self.put_patiently(item, FOR_EVER)
    }

    /// Like [`put`](Self::put), but does not wait for room.
    ///
    /// # Errors
    ///
    /// [`PutError::Full`], or as [`put`](Self::put).
    pub fn try_put(&self, item: T) -> Result<(), PutError<T>> {
        self.put_patiently(item, Patience::None)
    }

    /// Like [`put`](Self::put), but blocks at most so long.
    ///
    /// # Errors
    ///
    /// [`PutError::Timeout`], or as [`put`](Self::put).
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), PutError<T>> {
        self.put_patiently(item, Patience::Until(Deadline::after(timeout)))
    }

    fn put_patiently(&self, item: T, patience: Patience) -> Result<(), PutError<T>> {
        match &self.puts {
            Some(puts) => put(&self.participant, puts, item, patience),
            None => Err(PutError::Closed(item)),
        }
    }
}

impl<T: DeserializeOwned> Ring<T> {
    /// Gets an item. Blocks until there is one. See [`RingConsumer::get`].
    ///
    /// # Errors
    ///
    /// As [`RingConsumer::get`].
    pub fn get(&self) -> Result<T, GetError> {
        get(&self.participant, &self.gets, FOR_EVER)
    }

    /// Like [`get`](Self::get), but does not wait for an item.
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

/// Closes this handle for putting first, so that the stream can end.
impl<T: DeserializeOwned> IntoIterator for Ring<T> {
    type Item = Result<T, GetError>;
    type IntoIter = RingItems<T>;

    fn into_iter(self) -> RingItems<T> {
        let Self { participant, gets, .. } = self;
        RingItems(RingConsumer { participant, gets, carries: PhantomData })
    }
}
