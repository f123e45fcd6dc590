//! Rounds of queues and rings: producers and consumers of all sizes of items, killed and stopped.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use process::Process;
use queue::shared::Atomics;
use queue::{Consumer, GetError, Producer, PutError, Queue, Ring, RingConsumer, RingProducer};

use super::{Count, Random, Tally};

/// Nobody waits longer for somebody who lives.
const SOON: Duration = Duration::from_secs(30);
const PRODUCERS: usize = 3;
/// Of each producer.
const ITEMS: usize = 100;
/// Where the marks say of each item how often it was seen, and whether its `put` returned.
const SEEN: usize = 1;
const RETURNED: usize = SEEN + PRODUCERS * ITEMS;
const MARKS: usize = RETURNED + PRODUCERS * ITEMS;

type Item = (usize, Vec<u8>);

/// An item whose bytes show where they were cut or mixed up.
fn item(number: usize, length: usize) -> Item {
    (number, (0..length).map(|index| (index * 7 + index / 251 + number) as u8).collect())
}

/// What is started anew.
pub(super) fn register() {
    process::register(in_queue::produce);
    process::register(in_queue::consume);
    process::register(in_ring::produce);
    process::register(in_ring::consume);
}

/// A queue and a ring have the same methods, and no common trait.
macro_rules! rounds {
    ($module:ident, $Queue:ident, $Producer:ident, $Consumer:ident, $largest:expr) => {
        pub(super) mod $module {
            use super::*;

            pub(super) fn produce(
                producer: $Producer<Item>,
                marks: Atomics,
                number: usize,
                seed: u64,
            ) {
                let mut random = Random::new(seed);
                for number in number * ITEMS..(number + 1) * ITEMS {
                    let most = if random.once_in(50) { $largest } else { [10, 90, 3_000][number % 3] };
                    let item = item(number, random.below(most) as usize);
                    if producer.put_timeout(item, SOON).is_err() {
                        // Somebody takes items as long as there are any: nothing may keep one from being put.
                        marks[0].fetch_add(1, SeqCst);
                        return;
                    }
                    marks[RETURNED + number].fetch_add(1, SeqCst);
                }
            }

            pub(super) fn consume(consumer: $Consumer<Item>, marks: Atomics) {
                loop {
                    match consumer.get_timeout(SOON) {
                        Ok(got) if got == item(got.0, got.1.len()) => {
                            marks[SEEN + got.0].fetch_add(1, SeqCst);
                        }
                        Err(GetError::Disconnected) => return,
                        // Counts what came corrupt, or not at all.
                        _ => drop(marks[0].fetch_add(1, SeqCst)),
                    }
                }
            }

            pub(in super::super) fn round(random: &mut Random, tally: &Tally) {
                let mut queue = $Queue::new(1 + random.below(100) as usize).expect("a queue");
                time_out(&queue, random);
                let marks = Atomics::new(MARKS).expect("memory");
                let shared = || marks.try_clone().expect("a descriptor");
                let mut consumers = Vec::new();
                for _ in 0..1 + random.below(3) {
                    let args = (queue.consumer().expect("a consumer"), shared());
                    consumers.push(random.builder().spawn(consume, args).expect("a child"));
                }
                let mut producers = Vec::new();
                for number in 0..1 + random.below(PRODUCERS as u64) as usize {
                    let seed = random.seed();
                    let args = (queue.producer().expect("a producer"), shared(), number, seed);
                    producers.push(random.builder().spawn(produce, args).expect("a child"));
                }
                tally.add(Count::Processes, consumers.len() + producers.len());
                // One of each is left to see that nothing is wrong.
                let killed_consumers = random.below(consumers.len() as u64) as usize;
                for _ in 0..killed_consumers {
                    random.kill(&mut consumers.swap_remove(0), tally);
                }
                for _ in 0..random.below(producers.len() as u64) {
                    random.kill(&mut producers.swap_remove(0), tally);
                }
                if random.once_in(3) {
                    random.stop(&mut producers[0], tally);
                    random.stop(&mut consumers[0], tally);
                }
                queue.close();
                producers.into_iter().chain(consumers).for_each(join);
                assert!(matches!(queue.get_timeout(SOON), Err(GetError::Disconnected)));
                count(&marks, killed_consumers, tally);
            }

            /// What does not come is told in time, and what does not fit is given back.
            fn time_out(queue: &$Queue<Item>, random: &mut Random) {
                if random.once_in(3) {
                    let short = Duration::from_micros(random.below(2_000));
                    assert!(matches!(queue.get_timeout(short), Err(GetError::Timeout)));
                    assert!(matches!(queue.try_get(), Err(GetError::Empty)));
                    let mut there = 0;
                    let full = loop {
                        match queue.try_put(item(there, 20)) {
                            Ok(()) => there += 1,
                            Err(error) => break error,
                        }
                    };
                    assert!(matches!(full, PutError::Full(ref back) if *back == item(there, 20)));
                    for number in 0..there {
                        assert_eq!(queue.get_timeout(SOON).expect("it was put"), item(number, 20));
                    }
                }
            }
        }
    };
}

rounds!(in_queue, Queue, Producer, Consumer, 300_000);
rounds!(in_ring, Ring, RingProducer, RingConsumer, 1_500_000);

fn join(mut process: Process<()>) {
    let ended = process.join_timeout(SOON).expect("it returns");
    ended.expect("it ends when its peers have ended");
}

/// No item twice, none corrupt, none lost but with killed consumers.
fn count(marks: &Atomics, killed_consumers: usize, tally: &Tally) {
    let mark = |index: usize| marks[index].load(SeqCst);
    assert_eq!(mark(0), 0, "items came corrupt, or could not be put");
    assert!((SEEN..RETURNED).all(|index| mark(index) < 2), "an item came twice");
    let is_lost = |number: &usize| mark(RETURNED + number) == 1 && mark(SEEN + number) == 0;
    let lost: Vec<_> = (0..PRODUCERS * ITEMS).filter(is_lost).collect();
    assert!(lost.len() <= killed_consumers, "{lost:?} lost with {killed_consumers} consumers");
    tally.add(Count::Items, (SEEN..RETURNED).filter(|&index| mark(index) > 0).count());
    tally.add(Count::Lost, lost.len());
}
