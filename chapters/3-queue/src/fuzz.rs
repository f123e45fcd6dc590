//! Packets that nobody would send: each is a message or a typed error, and the next one is not affected.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::IoSlice;
use std::os::fd::AsFd;
use std::path::PathBuf;

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::socket::MsgFlags;
use testing::arbitrary::{Result, Unstructured};
use testing::fuzz;

use crate::sys::socket::send;
use crate::transport::Socket;
use crate::{GetError, Receiver, Sender};

/// An item with a little of everything that can be encoded.
pub(crate) type Item = (u64, String, Vec<Option<i32>>, BTreeMap<String, Vec<u8>>);

/// The good inputs of a kind.
pub(crate) fn corpus(kind: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(kind)
}

/// A memfd as it may come with a packet: with any length, most of it a gap.
fn memfd(choices: &mut Unstructured<'_>) -> Result<File> {
    let memfd = memfd_create(c"fuzz", MFdFlags::MFD_CLOEXEC).expect("a descriptor");
    let memfd = File::from(memfd);
    let length = *choices.choose(&[0, 1, 50, 347, 1 << 16, 1 << 36, 1 << 40, i64::MAX as u64])?;
    memfd.set_len(length).expect("a gap takes no memory");
    Ok(memfd)
}

#[test]
fn a_packet_is_a_message_or_an_error_and_the_next_one_is_whole() {
    let (ours, theirs) = Socket::pair().expect("a socket");
    let sender = Sender::<Item>::from(ours.try_clone().expect("a descriptor"));
    let receiver = Receiver::<Item>::from(theirs);
    let good: Item = (1, "good".to_owned(), vec![None], BTreeMap::new());
    fuzz(corpus("packet"), |packet, choices| {
        // An empty packet is the end of the stream: only the kernel sends it.
        if packet.is_empty() {
            return Ok(());
        }
        let memfd = if choices.arbitrary().unwrap_or(false) { Some(memfd(choices)?) } else { None };
        let beside = memfd.as_ref().map(File::as_fd);
        send(&ours, &[IoSlice::new(packet)], beside, MsgFlags::MSG_DONTWAIT).expect("room");
        let received = receiver.try_recv();
        let is_typed =
            matches!(received, Ok(_) | Err(GetError::Decode { .. } | GetError::System { .. }));
        assert!(is_typed, "{received:?}");
        sender.send(good.clone()).expect("room");
        assert_eq!(receiver.try_recv().expect("it is whole"), good);
        Ok(())
    });
}
