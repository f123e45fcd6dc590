//! What connects the parent with one worker, and with nobody else.
//!
//! Orders and reports lie in shared memory, in a lane each way: to send one costs no system call. A packet socket beside
//! them does what memory cannot: it wakes a sleeper, it takes what is too large for a lane, and it ends when the other end
//! is gone.
//!
//! A report that was published stays readable after its worker was killed, so no result is lost once it is there.

use std::collections::VecDeque;
use std::hint::spin_loop;
use std::os::fd::{AsFd, BorrowedFd};
use std::thread::yield_now;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::PollFlags;
use process::ready::{Deadline, wait_ready};
use queue::shared::{LaneReader, LaneWriter, lane};
use queue::{Connection, GetError, PutError, duplex};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// Each lane's size. A message longer than half of it goes through the socket.
const LANE: usize = 256 << 10;

/// Turns of looking again before a wait goes to sleep: waking a sleeper takes up to a hundred microseconds.
const SPINS: u32 = 2_000;

/// What goes through the socket.
#[derive(Debug, Serialize, Deserialize)]
enum Packet {
    /// Look into your lane.
    Wake,
    /// What an empty record in the lane stands for.
    Large(ByteBuf),
}

/// One end: orders go out and reports come in, or the other way round.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Channel {
    outgoing: LaneWriter,
    incoming: LaneReader,
    socket: Connection<Packet, Packet>,
    /// Large messages that were met before their record, or why one was lost.
    large: Large,
}

/// A message that was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    place: u64,
    large: bool,
}

/// The other end is gone, or out of step: nothing more can be had from it.
#[derive(Debug)]
pub(crate) struct Gone;

/// Why a message was not sent.
#[derive(Debug)]
pub(crate) enum NotSent {
    /// There is no room in the lane now.
    Full,
    /// The other end is gone.
    Gone,
    /// The system has no room for a large message.
    System(Errno),
}

impl Channel {
    /// The two ends.
    pub(crate) fn pair() -> nix::Result<(Self, Self)> {
        let (outgoing, their_incoming) = lane(LANE)?;
        let (their_outgoing, incoming) = lane(LANE)?;
        let (socket, their_socket) = duplex()?;
        Ok((
            Self { outgoing, incoming, socket, large: VecDeque::new() },
            Self {
                outgoing: their_outgoing,
                incoming: their_incoming,
                socket: their_socket,
                large: VecDeque::new(),
            },
        ))
    }

    /// Sends one message, which is not empty. Never blocks. The other end is not woken: see [`wake`](Self::wake). Gives
    /// the message's mark.
    pub(crate) fn send(&mut self, message: &[u8]) -> Result<Mark, NotSent> {
        let large = self.is_large(message.len());
        let record = if large { &[] } else { message };
        let room = self.outgoing.room(record.len()).ok_or(NotSent::Full)?;
        room[..record.len()].copy_from_slice(record);
        if large {
            // The packet first: whoever finds the empty record will find it.
            match self.socket.try_send(Packet::Large(ByteBuf::from(message))) {
                Ok(()) => {}
                Err(PutError::Full(_)) => return Err(NotSent::Full),
                Err(PutError::System { source, .. }) => return Err(NotSent::System(source)),
                Err(_) => return Err(NotSent::Gone),
            }
        }
        self.outgoing.keep(record.len());
        let place = self.outgoing.publish().ok_or(NotSent::Full)?;
        Ok(Mark { place, large })
    }

    /// Where the next bytes of a message go that is written piece by piece: see [`LaneWriter::room`].
    #[inline]
    pub(crate) fn room(&mut self, least: usize) -> Option<&mut [u8]> {
        self.outgoing.room(least)
    }

    /// Adds so many bytes of the room to that message: they survive this process from here on.
    #[inline]
    pub(crate) fn keep(&mut self, bytes: usize) {
        self.outgoing.keep(bytes);
    }

    /// Sends that message. The other end is not woken.
    pub(crate) fn publish(&mut self) {
        self.outgoing.publish();
    }

    /// Wakes the other end, if it sleeps, after something was sent.
    pub(crate) fn wake(&mut self) {
        if self.outgoing.must_wake() {
            // Without room in the socket there is something in it already that wakes; and if nobody is there, the next
            // call says so.
            let _ = self.socket.try_send(Packet::Wake);
        }
    }

    /// Says that nothing more will come. Who is just looking for a message ends at once; else it would go on until it
    /// sleeps, where the socket tells it that this end is gone.
    pub(crate) fn finish(&mut self) {
        // A record without the packet that it stands for: see `receive`.
        if self.outgoing.room(0).is_some() {
            self.outgoing.keep(0);
            self.outgoing.publish();
        }
    }

    /// Whether a message of so many bytes goes through the socket.
    pub(crate) fn is_large(&self, length: usize) -> bool {
        length > self.outgoing.longest()
    }

    /// Whether the other end has taken this message.
    pub(crate) fn is_taken(&self, mark: Mark) -> bool {
        self.outgoing.is_read(mark.place)
    }

    /// Takes a message back that the other end has not taken yet. A large one is on its way for good.
    pub(crate) fn revoke(&mut self, mark: Mark) -> bool {
        !mark.large && self.outgoing.revoke(mark.place)
    }

    /// Hands the next message to `take`, or why it is lost. Never blocks; `None` if there is none now.
    pub(crate) fn receive<R>(
        &mut self,
        take: impl FnOnce(Result<&[u8], String>) -> R,
    ) -> Result<Option<R>, Gone> {
        let Self { incoming, socket, large, .. } = self;
        let read = incoming.read(|record| {
            if !record.is_empty() {
                return Ok(take(Ok(record)));
            }
            // In here the record does not count as taken yet: neither does the message while it is fetched.
            if large.is_empty() {
                // What came before the end counts, too.
                let emptied = empty(socket, large);
                if large.is_empty() {
                    emptied?;
                }
            }
            match large.pop_front().ok_or(Gone)? {
                Ok(whole) => Ok(take(Ok(&whole))),
                Err(reason) => Ok(take(Err(reason))),
            }
        });
        read.map_err(|_| Gone)?.transpose()
    }

    /// Hands the message that the other end was writing when it *died* to `take`, as far as it got. `None` if there is
    /// none, or another message to be [received](Self::receive) first.
    pub(crate) fn receive_draft<R>(&mut self, take: impl FnOnce(&[u8]) -> R) -> Option<R> {
        self.incoming.read_draft(take).ok().flatten()
    }

    /// Takes what is in the socket, so that it can wake again.
    pub(crate) fn answer(&mut self) -> Result<(), Gone> {
        empty(&self.socket, &mut self.large)
    }

    /// Whether a message is there.
    pub(crate) fn has_message(&mut self) -> bool {
        self.incoming.has_record()
    }

    /// Says that this end is about to sleep, to be woken through the socket; `false` if a message is there already.
    pub(crate) fn sleeps(&mut self) -> bool {
        self.incoming.sleeps()
    }

    /// Says that this end is awake again.
    pub(crate) fn is_awake(&mut self) {
        self.incoming.is_awake();
    }

    /// Waits for a message. Blocks; a little while without giving the processor back, since the next message is
    /// often on its way.
    pub(crate) fn wait(&mut self) -> Result<(), Gone> {
        for turn in 0..SPINS {
            if self.incoming.has_record() {
                return Ok(());
            }
            if turn % 32 == 31 { yield_now() } else { spin_loop() }
        }
        if self.incoming.sleeps() {
            let received = self.socket.recv();
            self.incoming.is_awake();
            return file(received, &mut self.large);
        }
        // The other end has perhaps sent a packet to wake this one: those must not pile up.
        self.answer()
    }

    /// Waits a moment for room, for the end that may wait.
    pub(crate) fn wait_for_room(&mut self) -> Result<(), Gone> {
        self.wake();
        let moment = Deadline::after(Duration::from_millis(1));
        match wait_ready(&self.socket, PollFlags::empty(), moment) {
            Ok(false) => Ok(()),
            // Hung up, which is all that can be seen without asking for anything.
            _ => Err(Gone),
        }
    }
}

/// Large messages, and why one was lost.
type Large = VecDeque<Result<ByteBuf, String>>;

/// Takes all that is in the socket.
fn empty(socket: &Connection<Packet, Packet>, large: &mut Large) -> Result<(), Gone> {
    loop {
        match socket.try_recv() {
            Err(GetError::Empty) => return Ok(()),
            received => file(received, large)?,
        }
    }
}

fn file(received: Result<Packet, GetError>, large: &mut Large) -> Result<(), Gone> {
    match received {
        Ok(Packet::Wake) => {}
        Ok(Packet::Large(whole)) => large.push_back(Ok(whole)),
        // That packet is gone, and it alone.
        Err(error @ GetError::Decode { .. })
        | Err(error @ GetError::System { source: Errno::EMFILE | Errno::EBADMSG }) => {
            large.push_back(Err(error.to_string()));
        }
        Err(_) => return Err(Gone),
    }
    Ok(())
}

/// For `poll(2)`: readable when somebody wakes this end or something large comes; hung up when the other end is gone.
impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
