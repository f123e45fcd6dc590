//! Messages one way: pipes and queues.

use std::borrow::Cow;
use std::io::{Read, Write, pipe as os_pipe};
use std::os::fd::{AsRawFd, OwnedFd};
use std::thread;
use std::time::Instant;

use crossbeam_channel::bounded;
use ipc_channel::ipc;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, recv, send, setsockopt, socketpair, sockopt,
};
use process::Process;
use queue::{Consumer, Producer, Queue, Receiver, Ring, RingConsumer, RingProducer, Sender, pipe};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::{ByteArray, ByteBuf};

use super::told;
use crate::place::{Place, pin};
use crate::row::{Contender, Goal, Row, Unit, floor, ours, python, rust};
use crate::side::Size;
use crate::sys;

/// What every queue is made for.
const CAPACITY: usize = 256;

type Bytes = ByteArray<64>;

/// About 64 bytes as a program would have them.
#[derive(Debug, Serialize, Deserialize)]
struct Reading {
    number: u64,
    sensor: u32,
    valid: bool,
    values: [f64; 6],
}

/// Many bytes, which are sent from where they lie.
#[derive(Clone, Debug)]
struct Block(Cow<'static, [u8]>);

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ByteBuf::deserialize(deserializer).map(|bytes| Self(Cow::Owned(bytes.into_vec())))
    }
}

static MIB: [u8; 1 << 20] = [7; 1 << 20];

/// What travels.
trait Message: Serialize + DeserializeOwned + 'static {
    fn make() -> Self;
}

impl Message for Bytes {
    fn make() -> Self {
        Self::new([1; 64])
    }
}

impl Message for Reading {
    fn make() -> Self {
        Self { number: u64::MAX, sensor: 7, valid: true, values: [0.5; 6] }
    }
}

impl Message for Block {
    fn make() -> Self {
        Self(Cow::Borrowed(&MIB))
    }
}

impl Message for Vec<u8> {
    fn make() -> Self {
        MIB.to_vec()
    }
}

pub(super) fn pipe_rows() -> Vec<Row> {
    vec![
        Row {
            name: "pipe-64-two-cores",
            title: ["64 B through a pipe, one way, two cores", "パイプで64Bを片道(二つのコア)"],
            unit: Unit::Millions,
            on_demand: false,
            contenders: vec![
                floor("raw packet socket", |size| raw_socket(Place::TwoCores, size)),
                floor("raw pipe", |size| raw_pipe(Place::TwoCores, size)),
                ours("pipe", |size| our_pipe(Place::TwoCores, size))
                    .goal(Goal::Times(0.9, "raw packet socket")),
                rust("ipc-channel", |size| ipc_channel(Place::TwoCores, size)),
                python("Python Pipe", "pipe-two-cores"),
            ],
        },
        Row {
            name: "pipe-64-one-core",
            title: ["the same, one core", "同上(一つのコア)"],
            unit: Unit::Millions,
            on_demand: false,
            contenders: vec![
                floor("raw packet socket", |size| raw_socket(Place::SameCore, size)),
                floor("raw pipe", |size| raw_pipe(Place::SameCore, size)),
                ours("pipe", |size| our_pipe(Place::SameCore, size))
                    .goal(Goal::Times(0.9, "raw packet socket")),
                rust("ipc-channel", |size| ipc_channel(Place::SameCore, size)),
                python("Python Pipe", "pipe-one-core"),
            ],
        },
    ]
}

pub(super) fn queue_rows() -> Vec<Row> {
    vec![
        Row {
            name: "queue-64-two-cores",
            title: [
                "64 B through a queue, 1 producer, 1 consumer, two cores",
                "キューで64B、送信1・受信1(二つのコア)",
            ],
            unit: Unit::Millions,
            on_demand: false,
            contenders: vec![
                floor("raw packet socket", |size| raw_socket(Place::TwoCores, size)),
                ours("Queue", |size| {
                    our_queue::<Bytes>(Place::TwoCores, CAPACITY, size.of(300_000))
                })
                .goal(Goal::Times(0.9, "raw packet socket")),
                ours("Ring, bytes", |size| {
                    our_ring::<Bytes>(Place::TwoCores, CAPACITY, size.of(2_000_000))
                })
                .goal(Goal::Figure(10.0)),
                ours("Ring, struct", |size| {
                    our_ring::<Reading>(Place::TwoCores, CAPACITY, size.of(2_000_000))
                })
                .goal(Goal::Figure(5.0)),
                rust("ipc-channel", |size| ipc_channel(Place::TwoCores, size)),
                rust("crossbeam, threads", |size| {
                    crossbeam::<Bytes>(Place::TwoCores, CAPACITY, size.of(1_000_000))
                }),
                python("Python Queue", "queue-two-cores"),
                python("faster-fifo", "faster-fifo-two-cores"),
            ],
        },
        Row {
            name: "queue-64-one-core",
            title: ["the same, one core", "同上(一つのコア)"],
            unit: Unit::Millions,
            on_demand: false,
            contenders: vec![
                floor("raw packet socket", |size| raw_socket(Place::SameCore, size)),
                ours("Queue", |size| {
                    our_queue::<Bytes>(Place::SameCore, CAPACITY, size.of(300_000))
                })
                .goal(Goal::Times(0.9, "raw packet socket")),
                ours("Ring, bytes", |size| {
                    our_ring::<Bytes>(Place::SameCore, CAPACITY, size.of(2_000_000))
                }),
                ours("Ring, struct", |size| {
                    our_ring::<Reading>(Place::SameCore, CAPACITY, size.of(2_000_000))
                }),
                rust("ipc-channel", |size| ipc_channel(Place::SameCore, size)),
                rust("crossbeam, threads", |size| {
                    crossbeam::<Bytes>(Place::SameCore, CAPACITY, size.of(1_000_000))
                }),
                python("Python Queue", "queue-one-core"),
            ],
        },
        Row {
            name: "queue-64-2x2",
            title: ["64 B through a queue, 2 producers, 2 consumers", "キューで64B、送信2・受信2"],
            unit: Unit::Millions,
            on_demand: false,
            contenders: vec![
                floor("raw packet socket", raw_crowd),
                ours("Queue", queue_crowd),
                ours("Ring, bytes", ring_crowd).goal(Goal::Figure(6.0)),
                rust("crossbeam, threads", crossbeam_crowd),
                python("Python Queue", "queue-2x2"),
            ],
        },
        Row {
            name: "queue-1mib",
            title: ["1 MiB through a queue, two cores", "キューで1MiB(二つのコア)"],
            unit: Unit::PerSecond,
            on_demand: false,
            contenders: blocks(),
        },
    ]
}

fn blocks() -> Vec<Contender> {
    vec![
        floor("memcpy", |size| {
            let mut copy = vec![0; MIB.len()];
            super::each_when_warm(size.of(2000), || {
                copy.copy_from_slice(std::hint::black_box(&MIB));
                std::hint::black_box(&mut copy);
                Ok(())
            })
        }),
        ours("Ring", |size| our_ring::<Block>(Place::TwoCores, 16, size.of(2000)))
            .goal(Goal::Figure(7000.0)),
        ours("Queue", |size| our_queue::<Block>(Place::TwoCores, 16, size.of(1000))),
        rust("ipc-channel, bytes", |size| {
            let (sender, receiver) = ipc::bytes_channel()?;
            let count = size.of(500);
            let produce = || try_work(1, count, || Ok(sender.send(&MIB)?));
            let child = sys::fork(produce)?;
            Place::TwoCores.pin_ours()?;
            let figure = drain(count, || same(receiver.recv().map_err(told)?.len(), MIB.len()))?;
            child.join()?;
            Ok(figure)
        }),
        rust("crossbeam, threads", |size| crossbeam::<Vec<u8>>(Place::TwoCores, 16, size.of(1000))),
        python("Python Queue", "queue-1mib"),
        python("faster-fifo", "faster-fifo-1mib"),
    ]
}

/// Items that are not counted: with them come the pages of a buffer, and the first sleep.
fn uncounted(count: usize) -> usize {
    count.div_ceil(10)
}

/// The producer's side: pinned, a few more items than are counted.
fn try_work(core: usize, count: usize, mut put: impl FnMut() -> lesson::Result) -> lesson::Result {
    pin(core)?;
    (0..count + uncounted(count)).try_for_each(|_| put())
}

/// The same where only a panic can tell that it failed.
fn work(core: usize, count: usize, put: impl FnMut() -> lesson::Result) {
    try_work(core, count, put).expect("everything is taken");
}

/// The consumer's side: the time for each item after the first ones, in nanoseconds.
fn drain(count: usize, mut get: impl FnMut() -> lesson::Result) -> lesson::Result<f64> {
    (0..uncounted(count)).try_for_each(|_| get())?;
    super::each(count, get)
}

fn same(got: usize, expected: usize) -> lesson::Result {
    if got == expected { Ok(()) } else { Err(format!("{got} instead of {expected}").into()) }
}

fn packets() -> nix::Result<(OwnedFd, OwnedFd)> {
    let ends = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
    // As much as a queue of this capacity has: 768 bytes a packet, of which the kernel wants to hear half.
    setsockopt(&ends.0, sockopt::SndBuf, &(CAPACITY * 384))?;
    Ok(ends)
}

fn raw_socket(place: Place, size: Size) -> lesson::Result<f64> {
    let (ours, theirs) = packets()?;
    let count = size.of(300_000);
    let child = sys::fork(|| {
        let put = || same(send(theirs.as_raw_fd(), &[0; 64], MsgFlags::empty())?, 64);
        try_work(place.theirs(), count, put)
    })?;
    drop(theirs);
    place.pin_ours()?;
    let mut buffer = [0; 64];
    let figure =
        drain(count, || same(recv(ours.as_raw_fd(), &mut buffer, MsgFlags::empty())?, 64))?;
    child.join()?;
    Ok(figure)
}

fn raw_pipe(place: Place, size: Size) -> lesson::Result<f64> {
    let (mut reader, mut writer) = os_pipe()?;
    let count = size.of(500_000);
    let child = sys::fork(|| try_work(place.theirs(), count, || Ok(writer.write_all(&[0; 64])?)))?;
    place.pin_ours()?;
    let mut buffer = [0; 64];
    let figure = drain(count, || Ok(reader.read_exact(&mut buffer)?))?;
    child.join()?;
    Ok(figure)
}

fn our_pipe(place: Place, size: Size) -> lesson::Result<f64> {
    fn produce(sender: Sender<Bytes>, count: usize, core: usize) {
        work(core, count, || Ok(sender.send(Bytes::make())?));
    }
    let (sender, receiver): (_, Receiver<Bytes>) = pipe()?;
    let count = size.of(300_000);
    let child = Process::spawn(produce, (sender, count, place.theirs()))?;
    place.pin_ours()?;
    let figure = drain(count, || Ok(receiver.recv().map(drop)?))?;
    child.join()?;
    Ok(figure)
}

fn our_queue<T: Message>(place: Place, capacity: usize, count: usize) -> lesson::Result<f64> {
    fn produce<T: Message>(producer: Producer<T>, count: usize, core: usize) {
        work(core, count, || producer.put(T::make()).map_err(told));
    }
    let queue = Queue::<T>::new(capacity)?;
    let child = Process::spawn(produce::<T>, (queue.producer()?, count, place.theirs()))?;
    place.pin_ours()?;
    let figure = drain(count, || Ok(queue.get().map(drop)?))?;
    child.join()?;
    Ok(figure)
}

fn our_ring<T: Message>(place: Place, capacity: usize, count: usize) -> lesson::Result<f64> {
    fn produce<T: Message>(producer: RingProducer<T>, count: usize, core: usize) {
        work(core, count, || producer.put(T::make()).map_err(told));
    }
    let ring = Ring::<T>::new(capacity)?;
    let child = Process::spawn(produce::<T>, (ring.producer()?, count, place.theirs()))?;
    place.pin_ours()?;
    let figure = drain(count, || Ok(ring.get().map(drop)?))?;
    child.join()?;
    Ok(figure)
}

fn ipc_channel(place: Place, size: Size) -> lesson::Result<f64> {
    let (sender, receiver) = ipc::channel::<Bytes>()?;
    let count = size.of(300_000);
    let child = sys::fork(|| {
        let put = || Ok(sender.send(Bytes::make())?);
        try_work(place.theirs(), count, put)
    })?;
    place.pin_ours()?;
    let figure = drain(count, || receiver.recv().map(drop).map_err(told))?;
    child.join()?;
    Ok(figure)
}

fn crossbeam<T: Message + Send>(
    place: Place,
    capacity: usize,
    count: usize,
) -> lesson::Result<f64> {
    let (sender, receiver) = bounded::<T>(capacity);
    let core = place.theirs();
    let thread = thread::spawn(move || {
        work(core, count, || sender.send(T::make()).map_err(told));
    });
    place.pin_ours()?;
    let figure = drain(count, || Ok(receiver.recv().map(drop)?))?;
    thread.join().map_err(|_| "a thread panicked")?;
    Ok(figure)
}

/// Two of each, wherever the system puts them. All wait for the gate; the time is from its opening until all ended.
fn crowd<C>(
    count: usize,
    start: impl FnOnce() -> lesson::Result<C>,
    open: impl FnOnce(),
    join: impl FnOnce(C) -> lesson::Result<usize>,
) -> lesson::Result<f64> {
    let children = start()?;
    let start = Instant::now();
    open();
    same(join(children)?, 2 * count)?;
    Ok(start.elapsed().as_nanos() as f64 / (2 * count) as f64)
}

fn queue_crowd(size: Size) -> lesson::Result<f64> {
    fn produce(gate: Receiver<()>, producer: Producer<Bytes>, count: usize) {
        let _ = gate.recv();
        (0..count).for_each(|_| producer.put(Bytes::make()).expect("everything is taken"));
    }
    fn consume(consumer: Consumer<Bytes>) -> usize {
        consumer.into_iter().filter(Result::is_ok).count()
    }
    let (shut, gate) = pipe::<()>()?;
    let mut queue = Queue::<Bytes>::new(CAPACITY)?;
    let count = size.of(200_000);
    crowd(
        count,
        || {
            let mut producers = Vec::new();
            let mut consumers = Vec::new();
            for _ in 0..2 {
                let args = (gate_for(&gate)?, queue.producer()?, count);
                producers.push(Process::spawn(produce, args)?);
                consumers.push(Process::spawn(consume, (queue.consumer()?,))?);
            }
            queue.close();
            Ok((producers, consumers))
        },
        || drop(shut),
        |(producers, consumers)| {
            producers.into_iter().try_for_each(Process::join)?;
            consumers.into_iter().map(|child| Ok(child.join()?)).sum()
        },
    )
}

fn gate_for(gate: &Receiver<()>) -> std::io::Result<Receiver<()>> {
    gate.try_clone()
}

fn ring_crowd(size: Size) -> lesson::Result<f64> {
    fn produce(gate: Receiver<()>, producer: RingProducer<Bytes>, count: usize) {
        let _ = gate.recv();
        (0..count).for_each(|_| producer.put(Bytes::make()).expect("everything is taken"));
    }
    fn consume(consumer: RingConsumer<Bytes>) -> usize {
        std::iter::from_fn(|| consumer.get().ok()).count()
    }
    let (shut, gate) = pipe::<()>()?;
    let mut ring = Ring::<Bytes>::new(CAPACITY)?;
    let count = size.of(1_000_000);
    crowd(
        count,
        || {
            let mut producers = Vec::new();
            let mut consumers = Vec::new();
            for _ in 0..2 {
                let args = (gate_for(&gate)?, ring.producer()?, count);
                producers.push(Process::spawn(produce, args)?);
                consumers.push(Process::spawn(consume, (ring.consumer()?,))?);
            }
            ring.close();
            Ok((producers, consumers))
        },
        || drop(shut),
        |(producers, consumers)| {
            producers.into_iter().try_for_each(Process::join)?;
            consumers.into_iter().map(|child| Ok(child.join()?)).sum()
        },
    )
}

fn raw_crowd(size: Size) -> lesson::Result<f64> {
    let (sends, receives) = packets_for_senders()?;
    let (mut gate, shut) = os_pipe()?;
    let count = size.of(200_000);
    let (mut shut, mut sends) = (Some(shut), Some(sends));
    let mut children = Vec::new();
    for n in 0..4 {
        children.push(sys::fork(|| {
            shut = None;
            if n < 2 {
                gate.read_to_end(&mut Vec::new())?;
                let sends = sends.as_ref().ok_or("no end to send with")?;
                let put = || same(send(sends.as_raw_fd(), &[0; 64], MsgFlags::empty())?, 64);
                return (0..count).try_for_each(|_| put());
            }
            sends = None;
            let mut buffer = [0; 64];
            while recv(receives.as_raw_fd(), &mut buffer, MsgFlags::empty())? > 0 {}
            Ok(())
        })?);
    }
    crowd(
        count,
        || {
            sends = None;
            Ok(children)
        },
        || shut = None,
        |children| {
            children.into_iter().try_for_each(sys::Child::join)?;
            Ok(2 * count)
        },
    )
}

/// As [`packets`], the end that sends first.
fn packets_for_senders() -> nix::Result<(OwnedFd, OwnedFd)> {
    packets().map(|(receives, sends)| (sends, receives))
}

fn crossbeam_crowd(size: Size) -> lesson::Result<f64> {
    let (sender, receiver) = bounded::<Bytes>(CAPACITY);
    let (shut, gate) = bounded::<()>(0);
    let count = size.of(500_000);
    crowd(
        count,
        || {
            let mut threads = Vec::new();
            for _ in 0..2 {
                let (gate, sender, receiver) = (gate.clone(), sender.clone(), receiver.clone());
                threads.push(thread::spawn(move || {
                    let _ = gate.recv();
                    (0..count).take_while(|_| sender.send(Bytes::make()).is_ok()).for_each(drop);
                    0
                }));
                threads.push(thread::spawn(move || receiver.into_iter().count()));
            }
            drop(sender);
            Ok(threads)
        },
        || drop(shut),
        |threads| threads.into_iter().map(|thread| Ok(thread.join().map_err(|_| "a panic")?)).sum(),
    )
}
