//! Messages of any size, each sent and received whole, over a packet socket.
//!
//! A message up to `head` bytes is one packet. Of a larger one the packet carries the first `head` bytes and
//! a memfd with the rest. So a large message takes much of the socket's buffer, which bounds how many can
//! wait, and the kernel frees the memfd with the packet if nobody is left to receive it.
//!
//! A packet begins with its kind, so that it is never empty: an empty one would look like the end.

mod pair;
mod rest;

use std::cell::RefCell;
use std::io::IoSlice;
use std::os::fd::{AsFd, BorrowedFd};

use lesson::timeline;
use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::socket::MsgFlags;
use process::Descriptor;
use process::ready::wait_ready;
use serde::{Deserialize, Serialize};

use crate::encode::MOST_KEPT;
use crate::sys::socket::{Packet, receive, send, send_bytes, unread_bytes, unread_memory};
use crate::waiting::{NotReceived, NotSent, Patience};

/// The kind of a packet that holds a whole message.
const WHOLE: u8 = 1;
/// The kind of a packet that holds the message's length and its head; the rest is in the memfd beside it.
const HEAD: u8 = 2;
/// A kind and a length.
pub(crate) const HEADER: usize = 1 + size_of::<u64>();
/// The most bytes of a message in a packet. Copying more through the socket is slower than a memfd.
const MOST_IN_HEAD: usize = 64 << 10;
/// Who waits for ever does so inside the call: the kernel then wakes one waiter for each message, not all.
fn flags(patience: Patience) -> MsgFlags {
    match patience {
        Patience::Until(deadline) if deadline.is_never() => MsgFlags::empty(),
        _ => MsgFlags::MSG_DONTWAIT,
    }
}

/// One end of a packet socket. Every process that holds a copy of it shares the same end.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Socket {
    descriptor: Descriptor,
    /// How many bytes of a message go into its packet.
    head: usize,
    /// Small packets are filled up to this, so that a full buffer holds few.
    least: usize,
    /// What a small packet takes of the buffer; 0 if nobody has asked.
    weight: usize,
}

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Socket {
    /// A second handle of the same end.
    pub(crate) fn try_clone(&self) -> std::io::Result<Self> {
        Ok(Self { descriptor: self.descriptor.try_clone()?, ..*self })
    }

    /// How many small messages would take the memory that those do which were sent and not received yet.
    pub(crate) fn sent_and_unread(&self) -> usize {
        unread_memory(&self.descriptor).map_or(0, |memory| memory.div_ceil(self.weight.max(1)))
    }

    /// How many messages wait to be received, if they are as small as can be; 0 exactly if none does.
    pub(crate) fn to_receive(&self) -> usize {
        unread_bytes(&self.descriptor).map_or(0, |bytes| bytes.div_ceil(self.least.max(HEADER)))
    }

    /// Sends one message, which `packet` holds behind [`HEADER`] bytes of room. So what leaves is one stretch of bytes,
    /// which costs the kernel less than several.
    pub(crate) fn send(&self, packet: &mut Vec<u8>, patience: Patience) -> Result<(), NotSent> {
        let begun = timeline::now();
        let end = packet.len();
        packet[1..HEADER].copy_from_slice(&((end - HEADER) as u64).to_le_bytes());
        let sent = if end - HEADER <= self.head {
            packet[0] = WHOLE;
            packet.resize(end.max(self.least), 0);
            self.try_until_sent(patience, |flags| send_bytes(&self.descriptor, packet, flags))
        } else {
            packet[0] = HEAD;
            let (packet, rest) = packet.split_at(HEADER + self.head);
            let (packet, memfd) = ([IoSlice::new(packet)], rest::store(rest)?);
            let memfd = Some(memfd.as_fd());
            self.try_until_sent(patience, |flags| send(&self.descriptor, &packet, memfd, flags))
        };
        note_sent(begun, &sent, &packet[HEADER..end]);
        sent
    }

    fn try_until_sent(
        &self,
        patience: Patience,
        send: impl Fn(MsgFlags) -> nix::Result<usize>,
    ) -> Result<(), NotSent> {
        loop {
            match send(flags(patience)) {
                Ok(_) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => match patience {
                    Patience::None => return Err(NotSent::Full),
                    Patience::Until(deadline) => {
                        match wait_ready(&self.descriptor, PollFlags::POLLOUT, deadline) {
                            Ok(true) => {}
                            Ok(false) => return Err(NotSent::Timeout),
                            Err(error) => return Err(NotSent::System(error)),
                        }
                    }
                },
                // A reset: the last receiver ended with messages unread. Refused: it is ending just now.
                Err(Errno::EPIPE | Errno::ECONNRESET | Errno::ECONNREFUSED) => {
                    return Err(NotSent::Disconnected);
                }
                Err(error) => return Err(NotSent::System(error)),
            }
        }
    }

    /// Receives one message and hands it to `take`.
    pub(crate) fn receive<R>(
        &self,
        patience: Patience,
        take: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, NotReceived> {
        // `take` may come back here: a value may receive another while it is decoded.
        let mut buffer = BUFFER.take();
        if buffer.len() < HEADER + MOST_IN_HEAD {
            buffer.resize(HEADER + MOST_IN_HEAD, 0);
        }
        let begun = timeline::now();
        let result = self.receive_into(&mut buffer, patience);
        timeline::waited(begun, "receive");
        let result = result.map(|message| {
            timeline::received(message);
            take(message)
        });
        if buffer.len() <= MOST_KEPT {
            BUFFER.set(buffer);
        }
        result
    }

    fn receive_into<'b>(
        &self,
        buffer: &'b mut Vec<u8>,
        patience: Patience,
    ) -> Result<&'b [u8], NotReceived> {
        let packet = self.receive_packet(buffer, patience)?;
        if packet.length == 0 {
            return Err(NotReceived::Disconnected);
        }
        if packet.descriptor_lost {
            return Err(NotReceived::System(Errno::EMFILE));
        }
        let broken = NotReceived::System(Errno::EBADMSG);
        if packet.truncated || packet.length < HEADER {
            return Err(broken);
        }
        let length = buffer[1..HEADER].try_into().map(u64::from_le_bytes).unwrap_or(u64::MAX);
        let Ok(length) = usize::try_from(length) else { return Err(broken) };
        match (buffer[0], packet.descriptor) {
            (WHOLE, None) if length <= packet.length - HEADER => {
                Ok(&buffer[HEADER..HEADER + length])
            }
            (HEAD, Some(memfd)) => {
                let end = HEADER.checked_add(length).ok_or(Errno::EBADMSG)?;
                rest::load(memfd, buffer, packet.length, end)?;
                Ok(&buffer[HEADER..end])
            }
            _ => Err(broken),
        }
    }

    fn receive_packet(&self, buffer: &mut [u8], patience: Patience) -> Result<Packet, NotReceived> {
        loop {
            match receive(&self.descriptor, buffer, flags(patience)) {
                Ok(packet) => return Ok(packet),
                // A reset tells once that the peer ended with messages unread; what it sent is still here.
                Err(Errno::EINTR | Errno::ECONNRESET) => {}
                Err(Errno::EAGAIN) => match patience {
                    Patience::None => return Err(NotReceived::Empty),
                    Patience::Until(deadline) => {
                        match wait_ready(&self.descriptor, PollFlags::POLLIN, deadline) {
                            Ok(true) => {}
                            Ok(false) => return Err(NotReceived::Timeout),
                            Err(error) => return Err(NotReceived::System(error)),
                        }
                    }
                },
                Err(error) => return Err(NotReceived::System(error)),
            }
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

fn note_sent(begun: Option<timeline::Moment>, sent: &Result<(), NotSent>, message: &[u8]) {
    if begun.is_some() {
        timeline::waited(begun, "send");
        if sent.is_ok() {
            timeline::sent(begun, message);
        }
    }
}
