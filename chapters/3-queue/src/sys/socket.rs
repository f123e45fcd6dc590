//! Packets and the descriptors in them.
#![expect(
    unsafe_code,
    reason = "a descriptor that arrives has to be given an owner; SIOCOUTQ and SIOCINQ are ioctls"
)]

use std::cell::RefCell;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};

/// Sends one packet made of `parts`, with at most one descriptor.
pub(crate) fn send(
    socket: impl AsFd,
    parts: &[IoSlice<'_>],
    descriptor: Option<BorrowedFd<'_>>,
    flags: MsgFlags,
) -> nix::Result<usize> {
    let number = descriptor.map(|descriptor| [descriptor.as_raw_fd()]);
    let rights: Vec<ControlMessage<'_>> =
        number.iter().map(|number| ControlMessage::ScmRights(number)).collect();
    // A peer that is gone is an error here, not a signal.
    let flags = flags | MsgFlags::MSG_NOSIGNAL;
    sendmsg::<()>(socket.as_fd().as_raw_fd(), parts, &rights, flags, None)
}

/// Sends one packet of so many bytes, without a descriptor.
pub(crate) fn send_bytes(socket: impl AsFd, packet: &[u8], flags: MsgFlags) -> nix::Result<usize> {
    nix::sys::socket::send(socket.as_fd().as_raw_fd(), packet, flags | MsgFlags::MSG_NOSIGNAL)
}

thread_local! {
    /// Room for the descriptor in a packet, kept from one to the next.
    static CONTROL: RefCell<Vec<u8>> = RefCell::new(nix::cmsg_space!([RawFd; 1]));
}

/// A packet that was received: so many bytes of it are in the buffer.
pub(crate) struct Packet {
    pub(crate) length: usize,
    pub(crate) descriptor: Option<OwnedFd>,
    /// It was larger than the buffer.
    pub(crate) truncated: bool,
    /// It came with a descriptor for which this process had no room.
    pub(crate) descriptor_lost: bool,
}

/// Receives one packet. A length of 0 is the end of the stream.
pub(crate) fn receive(
    socket: impl AsFd,
    buffer: &mut [u8],
    flags: MsgFlags,
) -> nix::Result<Packet> {
    let mut parts = [IoSliceMut::new(buffer)];
    CONTROL.with_borrow_mut(|control| receive_with(socket, &mut parts, control, flags))
}

fn receive_with(
    socket: impl AsFd,
    parts: &mut [IoSliceMut<'_>; 1],
    control: &mut [u8],
    flags: MsgFlags,
) -> nix::Result<Packet> {
    let socket = socket.as_fd().as_raw_fd();
    let flags = flags | MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(socket, parts, Some(control), flags)?;
    let descriptor_lost = message.flags.contains(MsgFlags::MSG_CTRUNC);
    let mut descriptor = None;
    // With a lost one there is nothing to iterate over: nix makes it an error that names no cause.
    for control in message.cmsgs().into_iter().flatten() {
        if let ControlMessageOwned::ScmRights(numbers) = control {
            for number in numbers {
                // SAFETY: the kernel has just made this descriptor for this process and gave it to nobody else.
                descriptor = Some(unsafe { OwnedFd::from_raw_fd(number) });
            }
        }
    }
    Ok(Packet {
        length: message.bytes,
        descriptor,
        truncated: message.flags.contains(MsgFlags::MSG_TRUNC),
        descriptor_lost,
    })
}

/// How much of its send buffer's memory a socket's unread packets take (`SIOCOUTQ`, `unix(7)`).
pub(crate) fn unread_memory(socket: impl AsFd) -> nix::Result<usize> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: SIOCOUTQ (the same number as TIOCOUTQ) writes one int to where the pointer points.
    let result = unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) };
    Errno::result(result).map(|_| bytes as usize)
}

/// How many bytes wait to be received (`SIOCINQ`, `unix(7)`): of all packets together.
pub(crate) fn unread_bytes(socket: impl AsFd) -> nix::Result<usize> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: SIOCINQ (the same number as FIONREAD) writes one int to where the pointer points.
    let result = unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), libc::FIONREAD, &raw mut bytes) };
    Errno::result(result).map(|_| bytes as usize)
}
