//! Small round trips between two processes, each waiting for the other.

use std::io;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU32, Ordering};

use ipc_channel::ipc;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};
use process::Process;
use queue::{Connection, Ring, RingConsumer, RingProducer, duplex};

use super::{each_when_warm, told};
use crate::place::{Place, pin};
use crate::row::{Contender, Goal, Row, Unit, floor, ours, python, rust};
use crate::side::Size;
use crate::sys;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "round-trip-one-core",
            title: ["small round trip, one core", "小さなメッセージの往復(一つのコア)"],
            unit: Unit::Micros,
            on_demand: false,
            contenders: vec![
                floor("raw futex", |size| raw_futex(Place::SameCore, size)),
                floor("raw packet socket", |size| raw_socket(Place::SameCore, size)),
                ours("duplex", |size| our_duplex(Place::SameCore, size))
                    .goal(Goal::Times(1.2, "raw packet socket")),
                ours("two Rings", |size| two_rings(Place::SameCore, size))
                    .goal(Goal::Times(1.2, "raw futex")),
                rust("ipc-channel", |size| ipc_channel(Place::SameCore, size)),
                python("Python Pipe", "round-trip-pipe-one-core"),
                python("Python SimpleQueue", "round-trip-simple-queue-one-core"),
                python("Python Queue", "round-trip-queue-one-core"),
            ],
        },
        Row {
            name: "round-trip-two-cores",
            title: ["small round trip, two cores", "小さなメッセージの往復(二つのコア)"],
            unit: Unit::Micros,
            on_demand: false,
            contenders: two_cores(),
        },
    ]
}

fn two_cores() -> Vec<Contender> {
    vec![
        floor("raw futex", |size| raw_futex(Place::TwoCores, size)),
        floor("raw packet socket", |size| raw_socket(Place::TwoCores, size)),
        ours("duplex", |size| our_duplex(Place::TwoCores, size))
            .goal(Goal::Times(1.2, "raw packet socket")),
        // Both are awake: a ring looks again for a while before it sleeps.
        ours("two Rings", |size| two_rings(Place::TwoCores, size)).goal(Goal::Figure(1.0)),
        rust("ipc-channel", |size| ipc_channel(Place::TwoCores, size)),
        python("Python Pipe", "round-trip-pipe-two-cores"),
        python("Python SimpleQueue", "round-trip-simple-queue-two-cores"),
        python("Python Queue", "round-trip-queue-two-cores"),
    ]
}

fn raw_futex(place: Place, size: Size) -> lesson::Result<f64> {
    /// Sets the word and wakes who waits for it.
    fn set(word: &AtomicU32, value: u32) {
        word.store(value, Ordering::Release);
        sys::wake(word);
    }
    fn wait_for(word: &AtomicU32, value: u32) {
        while word.load(Ordering::Acquire) != value {
            sys::wait(word, value.wrapping_sub(1));
        }
    }
    let page = sys::Page::new()?;
    let count = size.of(10_000);
    let rounds = (count + count.div_ceil(10)) as u32;
    let child = sys::fork(|| {
        pin(place.theirs())?;
        for round in 1..=rounds {
            wait_for(page.word(0), round);
            set(page.word(1), round);
        }
        Ok(())
    })?;
    place.pin_ours()?;
    let mut round = 0;
    let figure = each_when_warm(count, || {
        round += 1;
        set(page.word(0), round);
        wait_for(page.word(1), round);
        Ok(())
    })?;
    child.join()?;
    Ok(figure)
}

/// One packet each way: the floor of the pool as well.
pub(super) fn raw_socket(place: Place, size: Size) -> lesson::Result<f64> {
    let (ours, theirs) =
        socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
    let mut buffer = [0; 8];
    let child = sys::fork(|| {
        pin(place.theirs())?;
        while recv(theirs.as_raw_fd(), &mut buffer[..1], MsgFlags::empty())? == 1 && buffer[0] == 1
        {
            send(theirs.as_raw_fd(), &buffer[..1], MsgFlags::empty())?;
        }
        Ok(())
    })?;
    place.pin_ours()?;
    let figure = each_when_warm(size.of(10_000), || {
        send(ours.as_raw_fd(), &[1], MsgFlags::empty())?;
        match recv(ours.as_raw_fd(), &mut [0; 8], MsgFlags::empty())? {
            1 => Ok(()),
            other => Err(io::Error::other(format!("{other} bytes")).into()),
        }
    })?;
    // The child holds a copy of this end, too: it would never see the end.
    send(ours.as_raw_fd(), &[0], MsgFlags::empty())?;
    child.join()?;
    Ok(figure)
}

fn our_duplex(place: Place, size: Size) -> lesson::Result<f64> {
    fn echo(connection: Connection<u8, u8>, core: usize) {
        pin(core).expect("there are two cores");
        while let Ok(byte) = connection.recv() {
            connection.send(byte).expect("the parent waits for it");
        }
    }
    let (ours, theirs) = duplex::<u8, u8>()?;
    let child = Process::spawn(echo, (theirs, place.theirs()))?;
    place.pin_ours()?;
    let figure = each_when_warm(size.of(10_000), || {
        ours.send(1)?;
        Ok(ours.recv().map(drop)?)
    })?;
    drop(ours);
    child.join()?;
    Ok(figure)
}

fn two_rings(place: Place, size: Size) -> lesson::Result<f64> {
    fn echo(requests: RingConsumer<u8>, answers: RingProducer<u8>, core: usize) {
        pin(core).expect("there are two cores");
        while let Ok(byte) = requests.get() {
            answers.put(byte).expect("the parent waits for it");
        }
    }
    let (mut requests, answers) = (Ring::<u8>::new(64)?, Ring::<u8>::new(64)?);
    let ends = (requests.consumer()?, answers.producer()?, place.theirs());
    let child = Process::spawn(echo, ends)?;
    place.pin_ours()?;
    let figure = each_when_warm(size.of(10_000), || {
        requests.put(1)?;
        Ok(answers.get().map(drop)?)
    })?;
    requests.close();
    child.join()?;
    Ok(figure)
}

fn ipc_channel(place: Place, size: Size) -> lesson::Result<f64> {
    let (requests, is_requested) = ipc::channel::<u8>()?;
    let (answers, is_answered) = ipc::channel::<u8>()?;
    let child = sys::fork(|| {
        pin(place.theirs())?;
        while is_requested.recv().map_err(told)? == 1 {
            answers.send(1)?;
        }
        Ok(())
    })?;
    place.pin_ours()?;
    let figure = each_when_warm(size.of(10_000), || {
        requests.send(1)?;
        is_answered.recv().map(drop).map_err(told)
    })?;
    requests.send(0)?;
    child.join()?;
    Ok(figure)
}
