//! Peers that send what no honest one does.

use std::os::fd::AsRawFd;

use lesson::text;
use nix::sys::socket::{MsgFlags, send};
use process::Process;
use queue::{Connection, GetError, duplex};

use super::stage::{Seen, Stage};

/// Sends packets as they are, past everything that frames them.
fn send_raw(parent: Connection<u8, u8>, packets: Vec<Vec<u8>>) -> Result<(), String> {
    for packet in packets {
        send(parent_socket(&parent), &packet, MsgFlags::empty())
            .map_err(|error| error.to_string())?;
    }
    parent.send(7).map_err(|error| error.to_string())
}

fn parent_socket(parent: &Connection<u8, u8>) -> i32 {
    std::os::fd::AsFd::as_fd(parent).as_raw_fd()
}

/// Every packet is one error for who receives, and the honest item behind them arrives.
fn refused(stage: &mut Stage, packets: Vec<Vec<u8>>) -> lesson::Result<usize> {
    let (ours, theirs) = duplex::<u8, u8>()?;
    let count = packets.len();
    let child = Process::spawn(send_raw, (theirs, packets))?;
    for _ in 0..count {
        let got = ours.recv();
        let Err(error @ (GetError::Decode { .. } | GetError::System { .. })) = got else {
            return Err(format!("{got:?}").into());
        };
        stage.note(error);
    }
    let honest = ours.recv()?;
    holds!(honest == 7, honest);
    child.join()??;
    Ok(count)
}

fn told(errors: usize) -> String {
    text!(
        "{errors} packets, {errors} errors; the honest item behind them arrives",
        "{errors}個のパケットに{errors}件のエラー。後に続く正しい項目は届く"
    )
}

/// A packet: its kind, the length that it claims, and bytes.
fn packet(kind: u8, length: u64, bytes: &[u8]) -> Vec<u8> {
    [&[kind][..], &length.to_le_bytes(), bytes].concat()
}

/// 34: a peer sends garbage.
pub(super) fn garbage(stage: &mut Stage) -> Seen {
    let mut seed = 1_u64;
    let mut byte = move || {
        // A linear congruential generator: garbage that is the same each time.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 56) as u8
    };
    let mut packets = vec![vec![0], vec![1], vec![2; 9], packet(1, 0, &[]), packet(2, 1, &[1])];
    for length in 1..40 {
        let mut bytes: Vec<u8> = (0..length * 5).map(|_| byte()).collect();
        // Neither of the two kinds.
        bytes[0] |= 4;
        packets.push(bytes);
    }
    Ok(told(refused(stage, packets)?))
}

/// 35: a peer claims lengths up to 2⁶⁴ − 1.
pub(super) fn huge_length(stage: &mut Stage) -> Seen {
    let lengths = [2, 1 << 20, 1 << 32, 1 << 62, 1 << 63, u64::MAX - 8, u64::MAX];
    let packets = lengths.iter().flat_map(|&length| [1, 2].map(|kind| packet(kind, length, &[7])));
    Ok(told(refused(stage, packets.collect())?))
}
