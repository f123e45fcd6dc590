//! Making the two ends of a packet socket, with room for so many messages.

use std::io::IoSlice;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, getsockopt, setsockopt, socketpair, sockopt,
};

use super::{HEADER, MOST_IN_HEAD, Socket, WHOLE};
use crate::sys::socket::{receive, send, unread_memory};

/// What `unix(7)` takes off a socket's buffer for the largest packet.
const PACKET_OVERHEAD: usize = 32;
/// The smallest buffer that the kernel gives a socket (`SOCK_MIN_SNDBUF`), rounded up.
const LEAST_BUFFER: usize = 4608;

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
}

fn connected() -> nix::Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
}
