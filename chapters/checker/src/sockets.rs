//! Which socket is at the other end of one: the kernel tells by `sock_diag(7)`.

use std::os::fd::AsRawFd;

use nix::libc;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
};

/// `SOCK_DIAG_BY_FAMILY`: the kind of both messages.
const BY_FAMILY: u16 = 20;
/// `UDIAG_SHOW_PEER`, `UNIX_DIAG_PEER`: what is asked for, and the attribute that answers.
const SHOW_PEER: u32 = 4;
const PEER: u16 = 2;
/// The lengths of `struct nlmsghdr`, `struct unix_diag_req` and `struct unix_diag_msg`.
const HEADER: usize = 16;
const REQUEST: usize = 24;
const MESSAGE: usize = 16;

/// What a descriptor of the other end of a Unix socket leads to, given what one of this end does (`socket:[123]`).
/// `None`: it has no other end, is of another kind, or the kernel was built without this.
pub(crate) fn peer(target: &str) -> Option<String> {
    let number = target.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()?;
    Some(format!("socket:[{}]", peer_of(number)?))
}

fn peer_of(number: u32) -> Option<u32> {
    let (kind, flags) = (SockType::Raw, SockFlag::SOCK_CLOEXEC);
    let kernel = socket(AddressFamily::Netlink, kind, flags, SockProtocol::NetlinkSockDiag).ok()?;
    send(kernel.as_raw_fd(), &request(number), MsgFlags::empty()).ok()?;
    let mut answer = [0; 1024];
    // The answer is there when the question has been taken.
    let length = recv(kernel.as_raw_fd(), &mut answer, MsgFlags::MSG_DONTWAIT).ok()?;
    in_answer(&answer[..length])
}

/// The header, then the family, the states that are of interest (all), the socket, what to tell, and no cookie.
fn request(number: u32) -> Vec<u8> {
    let mut bytes = Vec::from(((HEADER + REQUEST) as u32).to_ne_bytes());
    for half in [BY_FAMILY, libc::NLM_F_REQUEST as u16] {
        bytes.extend(half.to_ne_bytes());
    }
    for word in [0, 0, u32::from_ne_bytes([libc::AF_UNIX as u8, 0, 0, 0])] {
        bytes.extend(word.to_ne_bytes());
    }
    for word in [u32::MAX, number, SHOW_PEER, u32::MAX, u32::MAX] {
        bytes.extend(word.to_ne_bytes());
    }
    bytes
}

/// Finds the attribute behind header and message: each has a length, a kind and a value, and begins at a multiple of 4.
fn in_answer(bytes: &[u8]) -> Option<u32> {
    let half = |at: usize| Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    if half(4)? != BY_FAMILY {
        return None;
    }
    let mut at = HEADER + MESSAGE;
    loop {
        let (length, kind) = (half(at)? as usize, half(at + 2)?);
        if kind == PEER {
            return Some(u32::from_ne_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?));
        }
        at += length.max(4).next_multiple_of(4);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    #[test]
    fn each_end_names_the_other() {
        let (one, other) = UnixStream::pair().expect("descriptors");
        let target = |of: &UnixStream| {
            let link = fs::read_link(format!("/proc/self/fd/{}", of.as_raw_fd())).expect("a link");
            link.to_string_lossy().into_owned()
        };
        // A kernel without it says nothing.
        for (from, to) in [(&one, &other), (&other, &one)] {
            let found = super::peer(&target(from));
            assert!(found.is_none_or(|found| found == target(to)));
        }
        assert_eq!(super::peer("pipe:[1]"), None);
    }
}
