//! What `Queue` and `Ring` carry in a second, measured by turns on this machine.
//! Run it: `cargo run -p queue --bin queue-speed`
//! Look for: the ratio. The figures themselves say more about your machine than about the two.

use std::process::ExitCode;
use std::time::Instant;

use lesson::{Options, say, text};
use process::Process;
use queue::{Producer, Queue, Ring, RingProducer};

const CAPACITY: usize = 256;
const ROUNDS: usize = 5;

// ANCHOR: producers
fn fill_queue(producer: Producer<u64>, count: u64) -> bool {
    (0..count).all(|number| producer.put(number).is_ok())
}

fn fill_ring(producer: RingProducer<u64>, count: u64) -> bool {
    (0..count).all(|number| producer.put(number).is_ok())
}
// ANCHOR_END: producers

// ANCHOR: measure
/// How many items a second go through a queue.
fn queue_rate(count: u64) -> lesson::Result<f64> {
    let mut queue = Queue::new(CAPACITY)?;
    let child = Process::spawn(fill_queue, (queue.producer()?, count))?;
    queue.close();
    // The first item has come: from now on both are at work.
    let first: u64 = queue.get()?;
    let (start, mut sum) = (Instant::now(), first);
    while let Ok(number) = queue.get() {
        sum += number;
    }
    let seconds = start.elapsed().as_secs_f64();
    child.join()?;
    checked(sum, count, seconds)
}

/// How many items a second go through a ring.
fn ring_rate(count: u64) -> lesson::Result<f64> {
    let mut ring = Ring::new(CAPACITY)?;
    let child = Process::spawn(fill_ring, (ring.producer()?, count))?;
    ring.close();
    let first: u64 = ring.get()?;
    let (start, mut sum) = (Instant::now(), first);
    while let Ok(number) = ring.get() {
        sum += number;
    }
    let seconds = start.elapsed().as_secs_f64();
    child.join()?;
    checked(sum, count, seconds)
}
// ANCHOR_END: measure

fn checked(sum: u64, count: u64, seconds: f64) -> lesson::Result<f64> {
    if sum != (0..count).sum() {
        return Err(text!("an item is missing", "欠けた値があります").into());
    }
    Ok((count - 1) as f64 / seconds)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn program(count: u64) -> lesson::Result {
    let (mut of_queue, mut of_ring) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_queue.push(queue_rate(count)?);
        of_ring.push(ring_rate(count)?);
    }
    let (queue, ring) = (median(of_queue), median(of_ring));
    let ratio = ring / queue;
    let (queue_m, ring_m) = (queue / 1e6, ring / 1e6);
    // Japanese counts in ten thousands.
    let (queue_man, ring_man) = (queue / 1e4, ring / 1e4);
    say!("Queue: {queue_m:.2} million items a second", "Queue: 毎秒{queue_man:.0}万個");
    say!(
        "Ring: {ring_m:.2} million items a second, {ratio:.1} times as many",
        "Ring: 毎秒{ring_man:.0}万個、Queueの{ratio:.1}倍"
    );
    let (profile, cores) = (lesson::profile(), std::thread::available_parallelism()?);
    say!(
        "(medians of {ROUNDS} rounds of {count} numbers, profile {profile}, cores usable: {cores})",
        "({count}個ずつ{ROUNDS}回の中央値、プロファイル: {profile}、使えるコア数: {cores})"
    );
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new(
        "Measures what a queue and a ring carry from one process to another.",
        "キューとリングが、一つのプロセスから別のプロセスへ運べる数を計測します。",
    );
    let about = about.number(
        "items",
        200_000,
        2..=10_000_000,
        "how many numbers each round sends",
        "1回に送る数の個数",
    );
    lesson::run(about, |given| program(given.number("items") as u64))
}
