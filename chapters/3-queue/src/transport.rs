//! Messages of any size, each sent and received whole, over a packet socket.
//!
//! A message up to `head` bytes is one packet. Of a larger one the packet carries the first `head` bytes and
//! a memfd with the rest. So a large message takes much of the socket's buffer, which bounds how many can
//! wait, and the kernel frees the memfd with the packet if nobody is left to receive it.
//!
//! A packet begins with its kind, so that it is never empty: an empty one would look like the end.

use std::cell::RefCell;
use std::fs::File;
use std::io::IoSlice;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;

use lesson::timeline;
use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, getsockopt, setsockopt, socketpair, sockopt,
};
use process::Descriptor;
use process::ready::{Deadline, wait_ready};
use serde::{Deserialize, Serialize};

use crate::file_limit;
use crate::sys::socket::{Packet, receive, send, send_bytes, unread_bytes, unread_memory};

/// The kind of a packet that holds a whole message.
const WHOLE: u8 = 1;
/// The kind of a packet that holds the message's length and its head; the rest is in the memfd beside it.
const HEAD: u8 = 2;
/// A kind and a length.
const HEADER: usize = 1 + size_of::<u64>();
/// What `unix(7)` takes off a socket's buffer for the largest packet.
const PACKET_OVERHEAD: usize = 32;
/// The most bytes of a message in a packet. Copying more through the socket is slower than a memfd.
const MOST_IN_HEAD: usize = 64 << 10;
/// The most bytes of a message whose packet is put together on the stack.
const ON_STACK: usize = 256;
/// The smallest buffer that the kernel gives a socket (`SOCK_MIN_SNDBUF`), rounded up.
const LEAST_BUFFER: usize = 4608;

/// How long a call waits when it cannot go on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// Not at all.
    None,
    /// Until then.
    Until(Deadline),
}

impl Patience {
    /// Who waits for ever does so inside the call: the kernel then wakes one waiter for each message, not all.
    fn flags(self) -> MsgFlags {
        match self {
            Self::Until(deadline) if deadline.is_never() => MsgFlags::empty(),
            _ => MsgFlags::MSG_DONTWAIT,
        }
    }
}

/// For ever.
pub(crate) const FOR_EVER: Patience = Patience::Until(Deadline::NEVER);

/// Why a message did not go out.
#[derive(Debug)]
pub(crate) enum NotSent {
    Full,
    Timeout,
    Disconnected,
    System(Errno),
}

/// Why none came in.
#[derive(Debug)]
pub(crate) enum NotReceived {
    Empty,
    Timeout,
    Disconnected,
    System(Errno),
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
    /// Two connected ends, with the buffer that the system gives by default.
    pub(crate) fn pair() -> nix::Result<(Self, Self)> {
        let (a, b) = connected()?;
        let buffer = getsockopt(&a, sockopt::SndBuf)?;
        Ok((Self::new(a, buffer, 0, 0), Self::new(b, buffer, 0, 0)))
    }

    /// Two connected ends, of which the first can send `capacity` small messages before it has to wait.
    ///
    /// What a packet takes of the buffer depends on the kernel, so one is sent, weighed and taken back.
    ///
    /// # Errors
    ///
    /// `ENOBUFS` if the system does not allow such a large buffer (`net.core.wmem_max`).
    pub(crate) fn pair_for(capacity: usize) -> nix::Result<(Self, Self)> {
        let (sender, receiver) = connected()?;
        // For a capacity below six even the smallest buffer is too large, unless the packets are larger.
        let least = (LEAST_BUFFER / capacity).min(LEAST_BUFFER - PACKET_OVERHEAD);
        let least = if least < LEAST_BUFFER / 5 { 0 } else { least };
        let probe = vec![WHOLE; least.max(HEADER)];
        send(&sender, &[IoSlice::new(&probe)], None, MsgFlags::MSG_DONTWAIT)?;
        let weight = unread_memory(&sender)?;
        receive(&receiver, &mut vec![0; probe.len()], MsgFlags::MSG_DONTWAIT)?;
        let wanted = weight.checked_mul(capacity).ok_or(Errno::ENOBUFS)?;
        // The kernel doubles what is set, for its own overhead.
        setsockopt(&sender, sockopt::SndBuf, &wanted.div_ceil(2))?;
        let buffer = getsockopt(&sender, sockopt::SndBuf)?;
        if buffer < wanted {
            return Err(Errno::ENOBUFS);
        }
        let end = |end| Self::new(end, buffer, least, weight);
        Ok((end(sender), end(receiver)))
    }

    fn new(end: OwnedFd, buffer: usize, least: usize, weight: usize) -> Self {
        let head = (buffer - PACKET_OVERHEAD - HEADER).min(MOST_IN_HEAD);
        Self { descriptor: end.into(), head, least, weight }
    }

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

    /// Sends one message.
    pub(crate) fn send(&self, message: &[u8], patience: Patience) -> Result<(), NotSent> {
        let (kind, length) = ([WHOLE], (message.len() as u64).to_le_bytes());
        let sent = if message.len() <= ON_STACK.min(self.head) && self.least <= HEADER + ON_STACK {
            // Most messages are small: one stretch of bytes costs the kernel less than several.
            let mut packet = [0; HEADER + ON_STACK];
            packet[..1].copy_from_slice(&kind);
            packet[1..HEADER].copy_from_slice(&length);
            packet[HEADER..HEADER + message.len()].copy_from_slice(message);
            let packet = &packet[..self.least.max(HEADER + message.len())];
            self.try_until_sent(patience, |flags| send_bytes(&self.descriptor, packet, flags))
        } else if message.len() <= self.head {
            let filling = vec![0; self.least.saturating_sub(message.len() + HEADER)];
            let parts = [&kind[..], &length, message, &filling].map(IoSlice::new);
            self.send_packet(&parts, None, patience)
        } else {
            let (head, rest) = message.split_at(self.head);
            let memfd = store(rest).map_err(NotSent::System)?;
            let parts = [&[HEAD][..], &length, head].map(IoSlice::new);
            self.send_packet(&parts, Some(memfd.as_fd()), patience)
        };
        if sent.is_ok() && timeline::descriptor().is_some() {
            timeline::instant("send", &format!("{} bytes", message.len()));
        }
        sent
    }

    fn send_packet(
        &self,
        parts: &[IoSlice<'_>],
        descriptor: Option<BorrowedFd<'_>>,
        patience: Patience,
    ) -> Result<(), NotSent> {
        let send = |flags| send(&self.descriptor, parts, descriptor, flags);
        self.try_until_sent(patience, send)
    }

    fn try_until_sent(
        &self,
        patience: Patience,
        send: impl Fn(MsgFlags) -> nix::Result<usize>,
    ) -> Result<(), NotSent> {
        loop {
            match send(patience.flags()) {
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
        buffer.resize(HEADER + MOST_IN_HEAD + 1, 0);
        let result = self.receive_into(&mut buffer, patience).map(|message| {
            if timeline::descriptor().is_some() {
                timeline::instant("receive", &format!("{} bytes", message.len()));
            }
            take(message)
        });
        // A buffer that had to grow for a large message is not kept.
        if buffer.len() == HEADER + MOST_IN_HEAD + 1 {
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
                let memfd = File::from(memfd);
                // What it says of its length is believed only as far as the memfd bears it out.
                let rest = memfd.metadata().map_or(0, |metadata| metadata.len());
                let head = packet.length - HEADER;
                if length < head || (length - head) as u64 != rest {
                    return Err(broken);
                }
                // The memfd may claim any length without having the memory for it.
                let more = (HEADER + length).saturating_sub(buffer.len());
                if buffer.try_reserve_exact(more).is_err() {
                    return Err(NotReceived::System(Errno::ENOMEM));
                }
                buffer.resize(HEADER + length, 0);
                match memfd.read_exact_at(&mut buffer[HEADER + head..], 0) {
                    Ok(()) => Ok(&buffer[HEADER..]),
                    Err(_) => Err(broken),
                }
            }
            _ => Err(broken),
        }
    }

    fn receive_packet(&self, buffer: &mut [u8], patience: Patience) -> Result<Packet, NotReceived> {
        loop {
            match receive(&self.descriptor, buffer, patience.flags()) {
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

fn connected() -> nix::Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
}

fn store(rest: &[u8]) -> nix::Result<File> {
    file_limit::allows(rest.len() as u64)?;
    let memfd = File::from(memfd_create(c"message", MFdFlags::MFD_CLOEXEC)?);
    match memfd.write_all_at(rest, 0) {
        Ok(()) => Ok(memfd),
        Err(error) => Err(Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))),
    }
}
