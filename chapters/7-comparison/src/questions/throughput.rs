//! How many messages of one size a producer gets to a consumer in a second.
//!
//! Processes: a `Queue`, whose messages the kernel carries, and a `Ring` in shared memory. Threads: a bounded channel,
//! which hands over the message's address. Each message is made anew by the producer in all of them.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use lesson::{Result, text};
use process::Process;
use queue::{Producer, Queue, Ring, RingProducer};
use serde_bytes::ByteBuf;

use super::panicked;
use crate::asking::{Asking, Pace, Way};
use crate::row::{Kind, Unit};

/// Bytes of a message.
const SIZES: [f64; 4] = [64.0, 1024.0, 65_536.0, 1_048_576.0];

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let aim = Duration::from_millis(asking.pick(5, 20));
    let rate = |measure: fn(usize, usize) -> Result<Duration>| {
        let mut pace = Pace::new(aim);
        move |size: f64| {
            let each = pace.each(size, |count| measure(size as usize, count))?;
            Ok(1.0 / each)
        }
    };
    let ways = vec![
        Way::rust(Kind::Processes, "queue", rate(by_queue)),
        Way::rust(Kind::Processes, "ring", rate(by_ring)),
        Way::rust(Kind::Threads, "channel", rate(by_threads)),
        Way::python(Kind::Processes, "queue"),
        Way::python(Kind::Processes, "pipe"),
        Way::python(Kind::Threads, "queue"),
    ];
    asking.compare(Unit::PerSecond, 1.0, &SIZES, ways)
}

/// So many messages may be on their way: 256, but not much more than a few MiB.
fn capacity(size: usize) -> usize {
    ((4 << 20) / size).clamp(4, 256)
}

fn message(size: usize) -> ByteBuf {
    ByteBuf::from(vec![1_u8; size])
}

// ANCHOR: producers
// One more than counted: when the first one has come, both sides are at work.
fn fill_queue(producer: Producer<ByteBuf>, size: usize, count: usize) -> bool {
    (0..=count).all(|_| producer.put(message(size)).is_ok())
}

fn fill_ring(producer: RingProducer<ByteBuf>, size: usize, count: usize) -> bool {
    (0..=count).all(|_| producer.put(message(size)).is_ok())
}
// ANCHOR_END: producers

fn by_queue(size: usize, count: usize) -> Result<Duration> {
    let mut queue = Queue::new(capacity(size))?;
    let child = Process::spawn(fill_queue, (queue.producer()?, size, count))?;
    queue.close();
    let time = drain(size, count, || Ok(queue.get()?))?;
    child.join()?;
    Ok(time)
}

fn by_ring(size: usize, count: usize) -> Result<Duration> {
    let mut ring = Ring::new(capacity(size))?;
    let child = Process::spawn(fill_ring, (ring.producer()?, size, count))?;
    ring.close();
    let time = drain(size, count, || Ok(ring.get()?))?;
    child.join()?;
    Ok(time)
}

fn by_threads(size: usize, count: usize) -> Result<Duration> {
    let (sender, receiver) = bounded(capacity(size));
    let fill = move || (0..=count).all(|_| sender.send(message(size)).is_ok());
    let thread = thread::Builder::new().spawn(fill)?;
    let time = drain(size, count, || Ok(receiver.recv()?))?;
    thread.join().map_err(panicked)?;
    Ok(time)
}

/// The time for `count` messages, from the moment when the first one, which is not counted, has come.
fn drain(size: usize, count: usize, mut get: impl FnMut() -> Result<ByteBuf>) -> Result<Duration> {
    get()?;
    let start = Instant::now();
    for _ in 0..count {
        if get()?.len() != size {
            return Err(text!("a message was cut", "メッセージが途中で切れています").into());
        }
    }
    Ok(start.elapsed())
}
