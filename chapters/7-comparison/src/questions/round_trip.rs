//! How long a message takes to a worker that sends it back, while one waits for it.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use lesson::Result;
use process::Process;
use queue::{Connection, Ring, RingConsumer, RingProducer, duplex};
use serde_bytes::ByteBuf;

use super::panicked;
use crate::asking::{Asking, Pace, Way};
use crate::row::{Kind, Unit};
use crate::rows::agree;

/// Bytes of a message.
const SIZES: [f64; 3] = [64.0, 65_536.0, 1_048_576.0];

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let aim = Duration::from_millis(asking.pick(5, 20));
    let each = |measure: fn(usize, usize) -> Result<Duration>| {
        let mut pace = Pace::new(aim);
        move |size: f64| Ok(pace.each(size, |count| measure(size as usize, count))? * 1e6)
    };
    let ways = vec![
        Way::rust(Kind::Processes, "pipe", each(by_pipe)),
        Way::rust(Kind::Processes, "ring", each(by_ring)),
        Way::rust(Kind::Threads, "channel", each(by_threads)),
        Way::python(Kind::Processes, "pipe"),
        Way::python(Kind::Threads, "queue"),
    ];
    asking.compare(Unit::Microseconds, 1.0, &SIZES, ways)
}

// ANCHOR: echo
/// Sends back whatever comes, until nothing can come any more.
fn echo_pipe(ends: Connection<ByteBuf, ByteBuf>) {
    while let Ok(message) = ends.recv() {
        if ends.send(message).is_err() {
            return;
        }
    }
}
// ANCHOR_END: echo

fn echo_ring(requests: RingConsumer<ByteBuf>, answers: RingProducer<ByteBuf>) {
    while let Ok(message) = requests.get() {
        if answers.put(message).is_err() {
            return;
        }
    }
}

fn by_pipe(size: usize, count: usize) -> Result<Duration> {
    let (ours, theirs) = duplex()?;
    let child = Process::spawn(echo_pipe, (theirs,))?;
    let time = there_and_back(size, count, |message| {
        ours.send(message)?;
        Ok(ours.recv()?)
    })?;
    drop(ours);
    child.join()?;
    Ok(time)
}

fn by_ring(size: usize, count: usize) -> Result<Duration> {
    let (requests, mut answers) = (Ring::new(4)?, Ring::new(4)?);
    let child = Process::spawn(echo_ring, (requests.consumer()?, answers.producer()?))?;
    answers.close();
    let time = there_and_back(size, count, |message| {
        requests.put(message)?;
        Ok(answers.get()?)
    })?;
    drop(requests);
    child.join()?;
    Ok(time)
}

fn by_threads(size: usize, count: usize) -> Result<Duration> {
    let (requests, to_do) = bounded::<ByteBuf>(4);
    let (done, answers) = bounded(4);
    let echo = move || to_do.into_iter().all(|message| done.send(message).is_ok());
    let thread = thread::Builder::new().spawn(echo)?;
    let time = there_and_back(size, count, |message| {
        requests.send(message)?;
        Ok(answers.recv()?)
    })?;
    drop(requests);
    thread.join().map_err(panicked)?;
    Ok(time)
}

/// The same message goes to and fro; the first time, when the worker may not be there yet, does not count.
fn there_and_back(
    size: usize,
    count: usize,
    mut trip: impl FnMut(ByteBuf) -> Result<ByteBuf>,
) -> Result<Duration> {
    let mut message = trip(ByteBuf::from(vec![1_u8; size]))?;
    let start = Instant::now();
    for _ in 0..count {
        message = trip(message)?;
    }
    let time = start.elapsed();
    agree(&message.len(), &size)?;
    Ok(time)
}
