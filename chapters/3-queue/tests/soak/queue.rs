//! The soak of `Queue`.

use std::collections::HashMap;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use process::Process;
use queue::shared::Atomics;
use queue::{Consumer, Producer, Queue};

use crate::{Figures, Random, Stop};

const PRODUCERS: usize = 3;
/// Of each producer.
const ITEMS: usize = 150;
/// Where `Atomics` says of each item how often it was seen, and whether its `put` returned.
const SEEN: usize = 1;
const RETURNED: usize = SEEN + PRODUCERS * ITEMS;
const MARKS: usize = RETURNED + PRODUCERS * ITEMS;

/// Bytes that show where they were cut or mixed up.
fn pattern(length: usize, seed: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7 + index / 251 + seed) as u8).collect()
}

fn produce(producer: Producer<(usize, Vec<u8>)>, marks: Atomics, number: usize, seed: u64) {
    let mut random = Random(seed);
    for item in number * ITEMS..(number + 1) * ITEMS {
        let most = [10, 10, 5_000, 300_000][random.below(4) as usize];
        let data = pattern(random.below(most) as usize, item);
        if producer.put((item, data)).is_err() {
            return;
        }
        marks[RETURNED + item].fetch_add(1, SeqCst);
    }
}

fn consume(consumer: Consumer<(usize, Vec<u8>)>, marks: Atomics) {
    let mut next = HashMap::new();
    for got in consumer {
        match got {
            Ok((item, data)) if data == pattern(data.len(), item) => {
                let next = next.entry(item / ITEMS).or_insert(0);
                assert!(item >= *next, "{item} comes when {next} was awaited");
                *next = item + 1;
                marks[SEEN + item].fetch_add(1, SeqCst);
            }
            // Counts what came corrupt.
            _ => drop(marks[0].fetch_add(1, SeqCst)),
        }
    }
}

pub(crate) fn soak() {
    crate::soak(round);
}

fn round(random: &mut Random, figures: &mut Figures) {
    let mut queue = Queue::new(1 + random.below(20) as usize).expect("a queue");
    let marks = Atomics::new(MARKS).expect("memory");
    let shared = || marks.try_clone().expect("a descriptor");
    let consumer = |_| {
        let args = (queue.consumer().expect("a consumer"), shared());
        Process::spawn(consume, args).expect("a child")
    };
    let producer = |number| {
        let seed = random.0 ^ (number as u64 + 1);
        let args = (queue.producer().expect("a producer"), shared(), number, seed);
        Process::spawn(produce, args).expect("a child")
    };
    let mut consumers: Vec<_> = (0..3).map(consumer).collect();
    let mut producers: Vec<_> = (0..PRODUCERS).map(producer).collect();
    queue.close();
    // The last of each is not killed, to see that nothing is wrong for them; but it is stopped.
    for n in [0, 1] {
        for victim in [&mut producers[n], &mut consumers[n]] {
            random.pause(Duration::from_millis(8));
            figures.stops += usize::from(random.stop(victim).is_some());
            victim.kill().expect("a signal");
            figures.kills += 1;
        }
        for other in [&mut producers[2], &mut consumers[2]] {
            let stop = random.stop(other);
            figures.stops += usize::from(stop.is_some());
            if stop == Some(Stop::ForGood) {
                other.signal(nix::sys::signal::Signal::SIGCONT).expect("a signal");
            }
        }
    }
    figures.killed_consumers += 2;
    drop(queue);
    for process in producers[..2].iter_mut().chain(&mut consumers[..2]) {
        process.wait().expect("it ends");
    }
    for process in producers.drain(2..).chain(consumers.drain(2..)) {
        process.join().expect("it returns");
    }
    let mark = |index: usize| marks[index].load(SeqCst);
    assert_eq!(mark(0), 0, "items came corrupt");
    assert!((SEEN..RETURNED).all(|index| mark(index) < 2), "an item came twice");
    let is_lost = |item: &usize| mark(RETURNED + item) == 1 && mark(SEEN + item) == 0;
    let lost: Vec<_> = (0..PRODUCERS * ITEMS).filter(is_lost).collect();
    assert!(lost.len() <= 2, "{lost:?} were lost with two consumers");
    let left_alone = 2 * ITEMS..3 * ITEMS;
    assert!(left_alone.into_iter().all(|item| mark(RETURNED + item) == 1), "a put did not return");
    figures.items += (SEEN..RETURNED).filter(|&index| mark(index) > 0).count();
    figures.lost += lost.len();
}
