//! `put` and `get`, in a queue and in a ring, with items of each way to travel.

use std::sync::atomic::Ordering::SeqCst;

use process::Process;
use queue::shared::Atomics;
use queue::{Consumer, GetError, Producer, Queue, Ring, RingConsumer, RingProducer};
use tests::killer::{Killer, Pace, SOON, everywhere, stepped};

/// An item: its number, and bytes that say whether they are whole.
type Item = (u64, Vec<u8>);

fn item(number: u64, length: u64) -> Item {
    (number, (0..length).map(|index| (index * 7 + index / 251 + number) as u8).collect())
}

/// Room for four large items in a queue.
const CAPACITY: usize = 500;

/// What those who take part have done, for the others to see.
const DONE: usize = 0;

/// The two kinds of queue have the same methods and no common trait; they have one here.
macro_rules! scenes {
    ($module:ident, $Queue:ident, $Producer:ident, $Consumer:ident) => {
        mod $module {
            use super::*;

            fn put(producer: $Producer<Item>, marks: Atomics, length: u64) {
                let first = item(1, length);
                producer.put(item(0, length)).expect("there is room");
                stepped(|| {
                    producer.put(first).expect("there is room");
                    marks[DONE].store(1, SeqCst);
                });
            }

            fn get(consumer: $Consumer<Item>, marks: Atomics, length: u64) {
                assert_eq!(consumer.get().expect("there is one"), item(0, length));
                stepped(|| {
                    let got = consumer.get().expect("there is one");
                    // To look at every byte here would be thousands of steps more.
                    let whole = got.0 == 1 && got.1.len() as u64 == length;
                    marks[DONE].store(1 + u64::from(whole), SeqCst);
                });
            }

            /// Put is killed: the item is there as a whole or not at all, and is there if `put` returned.
            pub(super) fn producer(killer: &mut Killer, length: u64) -> &'static str {
                let mut queue = $Queue::<Item>::new(CAPACITY).expect("a queue");
                let marks = Atomics::new(1).expect("memory");
                let theirs = marks.try_clone().expect("a descriptor");
                let args = (queue.producer().expect("a producer"), theirs, length);
                killer.kill(&mut Process::spawn(put, args).expect("a child"));
                // The others go on, in order.
                queue.put_timeout(item(2, length), SOON).expect("there is room");
                queue.close();
                assert_eq!(queue.get_timeout(SOON).expect("it was put"), item(0, length));
                let next = queue.get_timeout(SOON).expect("it was put");
                let there = next == item(1, length);
                let last = if there { queue.get_timeout(SOON).expect("it was put") } else { next };
                assert_eq!(last, item(2, length));
                assert!(matches!(queue.get_timeout(SOON), Err(GetError::Disconnected)));
                let returned = marks[DONE].load(SeqCst) == 1;
                assert!(there || !returned, "put returned, and the item is lost");
                assert_eq!(lost!($module, queue), 0, "no consumer was killed");
                if there { "there" } else { "not put" }
            }

            /// Get is killed: at most the item in hand is lost.
            pub(super) fn consumer(killer: &mut Killer, length: u64) -> &'static str {
                let mut queue = $Queue::<Item>::new(CAPACITY).expect("a queue");
                let marks = Atomics::new(1).expect("memory");
                let theirs = marks.try_clone().expect("a descriptor");
                (0..4).for_each(|n| queue.put(item(n, length)).expect("there is room"));
                let args = (queue.consumer().expect("a consumer"), theirs, length);
                killer.kill(&mut Process::spawn(get, args).expect("a child"));
                queue.close();
                let mut left = Vec::new();
                loop {
                    match queue.get_timeout(SOON) {
                        Ok(got) if got == item(got.0, length) => left.push(got.0),
                        Err(GetError::Disconnected) => break,
                        other => panic!("{other:?}"),
                    }
                }
                let lost = lost!($module, queue);
                match (&left[..], marks[DONE].load(SeqCst)) {
                    ([1, 2, 3], 0) if lost == 0 => "still there",
                    ([2, 3], 0) if lost == 0 => "lost after it was got",
                    ([2, 3], 0) if lost == 1 => "lost in the ring, and counted",
                    ([2, 3], 2) if lost == 0 => "dealt with",
                    other => panic!("{other:?}, {lost} lost"),
                }
            }
        }
    };
}

macro_rules! lost {
    (in_queue, $queue:ident) => {
        0
    };
    (in_ring, $queue:ident) => {
        $queue.lost().expect("it can be counted")
    };
}

scenes!(in_queue, Queue, Producer, Consumer);
scenes!(in_ring, Ring, RingProducer, RingConsumer);

/// Beside a slot's word, or in one packet.
const SMALL: u64 = 20;
/// In a slot's region.
const LARGER: u64 = 150;
/// Partly in a memfd.
const LARGE: u64 = 200_000;
const GIANT: u64 = 3 << 20;

pub(crate) fn a_producer_of_a_queue() {
    everywhere("Queue::put", Pace::Instruction, 100, |killer| in_queue::producer(killer, SMALL));
}

pub(crate) fn a_producer_of_a_queue_with_a_large_item() {
    everywhere("Queue::put, large", Pace::Call, 1000, |killer| in_queue::producer(killer, LARGE));
}

pub(crate) fn a_consumer_of_a_queue() {
    everywhere("Queue::get", Pace::Instruction, 100, |killer| in_queue::consumer(killer, SMALL));
}

pub(crate) fn a_consumer_of_a_queue_with_a_large_item() {
    everywhere("Queue::get, large", Pace::Call, 1000, |killer| in_queue::consumer(killer, LARGE));
}

pub(crate) fn a_producer_of_a_ring() {
    everywhere("Ring::put", Pace::Instruction, 100, |killer| in_ring::producer(killer, SMALL));
}

pub(crate) fn a_producer_of_a_ring_with_a_larger_item() {
    everywhere("Ring::put, larger", Pace::Instruction, 100, |killer| {
        in_ring::producer(killer, LARGER)
    });
}

pub(crate) fn a_producer_of_a_ring_with_a_giant() {
    everywhere("Ring::put, giant", Pace::Call, 1000, |killer| in_ring::producer(killer, GIANT));
}

pub(crate) fn a_consumer_of_a_ring() {
    everywhere("Ring::get", Pace::Instruction, 100, |killer| in_ring::consumer(killer, SMALL));
}

pub(crate) fn a_consumer_of_a_ring_with_a_larger_item() {
    everywhere("Ring::get, larger", Pace::Instruction, 50, |killer| {
        in_ring::consumer(killer, LARGER)
    });
}

pub(crate) fn a_consumer_of_a_ring_with_a_giant() {
    everywhere("Ring::get, giant", Pace::Call, 1000, |killer| in_ring::consumer(killer, GIANT));
}
