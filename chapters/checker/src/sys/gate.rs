//! A gate that every new process and thread of an answer goes through (`seccomp_unotify(2)`, Linux 5.5).
//!
//! Who calls `fork` or its like is held by the kernel until the guard lets it go on. So there are never more than the
//! guard has counted, and one that is just being made for each thread, whoever asks, the superuser too; and once it lets
//! nobody through, what is there can be ended. Should the guard be killed, the gate stays shut: the call fails.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use nix::cmsg_space;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};

use crate::filter::Filter;

/// The guard's side of the gate.
#[derive(Debug)]
pub(crate) struct Gate(OwnedFd);

impl Gate {
    /// Has this thread, and all that it starts, ask; gives the other side.
    pub(super) fn before_me(filter: &mut Filter) -> io::Result<Self> {
        let listener = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
        // A signal is to interrupt nobody who waits; Linux 5.19.
        let patient = listener | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
        let number =
            super::install(filter, patient).or_else(|_| super::install(filter, listener))?;
        // SAFETY: the call has just opened it for us.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(number as i32) }))
    }

    /// Whether somebody stands before it.
    pub(crate) fn is_asked(&self) -> bool {
        let mut ready = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        poll(&mut ready, PollTimeout::ZERO).is_ok()
            && ready[0].revents().is_some_and(|it| it.contains(PollFlags::POLLIN))
    }

    /// Lets the first one through. Blocks while there is none.
    pub(crate) fn let_through(&self) {
        let nobody = libc::seccomp_data { nr: 0, arch: 0, instruction_pointer: 0, args: [0; 6] };
        let mut asked = libc::seccomp_notif { id: 0, pid: 0, flags: 0, data: nobody };
        let listener = self.0.as_raw_fd();
        // SAFETY: the structure is the one that this call fills in, and alive across it.
        let got = unsafe { libc::ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut asked) };
        if got != 0 {
            // It was killed while it waited.
            return;
        }
        let flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32;
        let told = libc::seccomp_notif_resp { id: asked.id, val: 0, error: 0, flags };
        // SAFETY: the structure is the one that this call reads, and alive across it.
        let result =
            unsafe { libc::ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_SEND, &raw const told) };
        // It may have been killed by now.
        let _ = Errno::result(result);
    }
}

impl AsFd for Gate {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Tells the guard from within the new process whether it is traced, and hands it the gate.
pub(super) fn tell(guard: &UnixStream, traced: bool, gate: Option<&Gate>) -> io::Result<()> {
    let byte = [u8::from(traced)];
    let descriptors: Vec<i32> = gate.iter().map(|gate| gate.0.as_raw_fd()).collect();
    let rights = [ControlMessage::ScmRights(&descriptors)];
    let with = if descriptors.is_empty() { &rights[..0] } else { &rights[..] };
    sendmsg::<()>(guard.as_raw_fd(), &[IoSlice::new(&byte)], with, MsgFlags::empty(), None)?;
    Ok(())
}

/// What the new process has told: whether it is traced, and the gate. Neither, if it has ended before.
pub(crate) fn told(guard: &UnixStream) -> (bool, Option<Gate>) {
    let mut byte = [0];
    let mut bytes = [IoSliceMut::new(&mut byte)];
    let mut space = cmsg_space!(i32);
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let Ok(message) = recvmsg::<()>(guard.as_raw_fd(), &mut bytes, Some(&mut space), flags) else {
        return (false, None);
    };
    let mut gate = None;
    for part in message.cmsgs().into_iter().flatten() {
        if let ControlMessageOwned::ScmRights(numbers) = part {
            // SAFETY: the kernel has just opened them for us.
            let mut owned =
                numbers.into_iter().map(|number| unsafe { OwnedFd::from_raw_fd(number) });
            gate = owned.next().map(Gate);
        }
    }
    (byte == [1], gate)
}
