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
//! Read `word` first, then `machine`. The unsafe part is `sys::ring`.

mod machine;
mod word;

use std::cell::RefCell;
use std::io;
use std::marker::PhantomData;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::PollFlags;
use nix::unistd::pipe2;
use process::Descriptor;
use process::ready::{Deadline, wait_ready};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{GetError, PutError};
use crate::sys::ring::{Bell, INLINE, Memory};
use crate::transport::{FOR_EVER, NotReceived, NotSent, Patience};
use machine::Participant;

/// The smallest capacity: with 48 bits for the laps, fewer slots would come round within a lifetime.
const LEAST_CAPACITY: usize = 64;

/// Both ends of a ring. Children are given a [`RingProducer`] or a [`RingConsumer`] of it.
///
/// The same methods as [`Queue`](crate::Queue), many times as fast between processes on different cores, and a
/// hundred times the code. See there for the end of the stream.
///
/// # Capacity
///
/// In items, whatever their size: the next power of two, at least 64.
///
/// # A process killed at any moment
///
/// Nobody hangs, no item is corrupt or comes twice. A killed consumer takes at most the one item with it that it
/// was getting, a killed producer the one it was putting. A process that is *stopped* (`SIGSTOP`) in the middle of an
/// item holds up those behind it until it goes on.
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

/// The end of a ring that puts.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct RingProducer<T> {
    participant: Participant,
    puts: Descriptor,
    carries: PhantomData<fn(T)>,
}

/// The end of a ring that gets.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct RingConsumer<T> {
    participant: Participant,
    gets: Descriptor,
    carries: PhantomData<fn() -> T>,
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
    /// Makes a ring for at least `capacity` items.
    ///
    /// # Errors
    ///
    /// `ENOMEM`: there is no room for its addresses (64 KiB an item; memory is taken only when it is used).
    /// `EMFILE`: this process has as many descriptors open as it may (`ulimit -n`).
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

    /// How many items it holds before `put` waits.
    pub fn capacity(&self) -> usize {
        self.participant.memory.capacity()
    }

    /// A handle that only puts. Give it to a child in the arguments of a spawn.
    ///
    /// # Errors
    ///
    /// `EMFILE`, `ENOMEM`, as [`new`](Self::new); `EPIPE` after [`close`](Self::close).
    pub fn producer(&self) -> io::Result<RingProducer<T>> {
        let puts = self.puts.as_ref().ok_or(Errno::EPIPE)?;
        let participant = Participant::new(self.participant.memory.try_clone()?);
        Ok(RingProducer { participant, puts: puts.try_clone()?, carries: PhantomData })
    }

    /// A handle that only gets. Give it to a child in the arguments of a spawn.
    ///
    /// # Errors
    ///
    /// `EMFILE`, `ENOMEM`, as [`new`](Self::new).
    pub fn consumer(&self) -> io::Result<RingConsumer<T>> {
        let participant = Participant::new(self.participant.memory.try_clone()?);
        Ok(RingConsumer { participant, gets: self.gets.try_clone()?, carries: PhantomData })
    }

    /// Says that nothing more will be put through this handle. It can still get.
    pub fn close(&mut self) {
        self.puts = None;
    }
}

impl<T: Serialize> Ring<T> {
    /// Puts an item. Blocks while the ring is full.
    ///
    /// # Errors
    ///
    /// [`PutError::Closed`] after [`close`](Self::close), or as [`RingProducer::put`].
    pub fn put(&self, item: T) -> Result<(), PutError<T>> {
        self.put_patiently(item, FOR_EVER)
    }

    /// Like [`put`](Self::put), but never blocks.
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
    /// Gets an item. Blocks until there is one.
    ///
    /// # Errors
    ///
    /// As [`RingConsumer::get`].
    pub fn get(&self) -> Result<T, GetError> {
        get(&self.participant, &self.gets, FOR_EVER)
    }

    /// Like [`get`](Self::get), but never blocks.
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

impl<T: Serialize> RingProducer<T> {
    /// Puts an item. Blocks while the ring is full.
    ///
    /// # Errors
    ///
    /// [`PutError::Disconnected`] if this has to wait and every consumer is gone. The item is given back with every
    /// error.
    pub fn put(&self, item: T) -> Result<(), PutError<T>> {
        put(&self.participant, &self.puts, item, FOR_EVER)
    }

    /// Like [`put`](Self::put), but never blocks.
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

impl<T: DeserializeOwned> RingConsumer<T> {
    /// Gets an item. Blocks until there is one. Each item goes to one consumer.
    ///
    /// # Errors
    ///
    /// [`GetError::Disconnected`]: the ring is empty, and every producer has closed or ended.
    pub fn get(&self) -> Result<T, GetError> {
        get(&self.participant, &self.gets, FOR_EVER)
    }

    /// Like [`get`](Self::get), but never blocks.
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

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A buffer that grew beyond this for one item is not kept.
const KEPT_BUFFER: usize = 1 << 20;

impl From<Errno> for NotSent {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

impl From<Errno> for NotReceived {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

fn put<T: Serialize>(
    participant: &Participant,
    puts: &Descriptor,
    item: T,
    patience: Patience,
) -> Result<(), PutError<T>> {
    // Most items are small: they are encoded on the stack.
    let mut small = [0; INLINE];
    let sent = match postcard::to_slice(&item, &mut small) {
        Ok(encoded) => put_bytes(participant, puts, encoded, patience),
        Err(postcard::Error::SerializeBufferFull) => match postcard::to_stdvec(&item) {
            Ok(encoded) => put_bytes(participant, puts, &encoded, patience),
            Err(source) => return Err(PutError::Encode { item, source }),
        },
        Err(source) => return Err(PutError::Encode { item, source }),
    };
    sent.map_err(|reason| reason.with(item))
}

fn put_bytes(
    participant: &Participant,
    puts: &Descriptor,
    bytes: &[u8],
    patience: Patience,
) -> Result<(), NotSent> {
    let wait = !matches!(patience, Patience::None);
    let go_on = |_| match patience {
        Patience::None => Err(NotSent::Full),
        Patience::Until(deadline) if deadline.has_passed() => Err(NotSent::Timeout),
        Patience::Until(deadline) => {
            // An error on this end of the pipe: nobody holds the other any more.
            match wait_ready(puts.as_fd(), PollFlags::empty(), Deadline::after(Duration::ZERO)) {
                Ok(true) => Err(NotSent::Disconnected),
                _ => Ok(deadline.time_left()),
            }
        }
    };
    let place = participant.wait_for(Bell::Got, wait, Participant::claim_to_write, go_on)?;
    match participant.memory.store(place, bytes) {
        Ok(()) => participant.publish_item(place),
        Err(error) => {
            // Nothing of it may stay: the place counts as got.
            participant.memory.give_back(place, bytes.len() as i64);
            participant.publish_room(place);
            return Err(NotSent::System(error));
        }
    }
    Ok(())
}

fn get<T: DeserializeOwned>(
    participant: &Participant,
    gets: &Descriptor,
    patience: Patience,
) -> Result<T, GetError> {
    let mut ended = false;
    let wait = !matches!(patience, Patience::None);
    let go_on = |busy: bool| match patience {
        Patience::None => Err(NotReceived::Empty),
        Patience::Until(_) if ended && !busy => Err(NotReceived::Disconnected),
        Patience::Until(deadline) if deadline.has_passed() => Err(NotReceived::Timeout),
        Patience::Until(deadline) => {
            let now = Deadline::after(Duration::ZERO);
            // Hung up: nobody can put any more. What was put before that is seen by looking once more.
            ended = matches!(wait_ready(gets.as_fd(), PollFlags::empty(), now), Ok(true));
            Ok(if ended { Duration::ZERO } else { deadline.time_left() })
        }
    };
    let place = participant
        .wait_for(Bell::Put, wait, Participant::claim_to_read, go_on)
        .map_err(GetError::from)?;
    // Nothing may panic between claim and publication: the item is decoded from a copy, after it.
    let mut copy = BUFFER.take();
    copy.clear();
    let loaded = participant.memory.load(place, &mut copy);
    participant.publish_room(place);
    let item = match loaded {
        Ok(()) => crate::pipe::decode(&copy),
        Err(source) => Err(GetError::System { source }),
    };
    if copy.capacity() <= KEPT_BUFFER {
        BUFFER.set(copy);
    }
    item
}
