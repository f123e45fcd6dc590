//! The soak of `Ring`.

use std::collections::HashMap;
use std::sync::atomic::Ordering::SeqCst;
use std::thread::park;
use std::time::Duration;

use process::{Builder, StartMethod};
use queue::shared::Atomics;
use queue::{GetError, Ring, RingConsumer, RingProducer};

use crate::{Figures, Random, Stop};

const SOON: Duration = Duration::from_secs(20);

/// An item: who made it, its number, and filling that says whether it is whole.
type Item = (u64, u64, Vec<u8>);

/// Sizes of all kinds: inline, in the region, in the file.
fn filling(number: u64) -> Vec<u8> {
    let length = match number % 500 {
        0 => 70_000,
        n if n % 50 == 0 => 3_000,
        n => n % 90,
    };
    vec![(number % 255) as u8; length as usize]
}

pub(crate) fn produce(producer: RingProducer<Item>, me: u64, progress: Atomics) {
    for number in 0..MOST_ITEMS {
        progress[2 * me as usize].store(number + 1, SeqCst);
        if producer.put_timeout((me, number, filling(number)), SOON).is_err() {
            return;
        }
        progress[2 * me as usize + 1].store(number + 1, SeqCst);
    }
    // There is no more room for notes. It will be killed.
    loop {
        park();
    }
}

pub(crate) fn consume(consumer: RingConsumer<Item>, seen: Atomics) {
    let mut next = HashMap::new();
    loop {
        match consumer.get_timeout(SOON) {
            Ok((who, number, bytes)) => {
                let next = next.entry(who).or_insert(0);
                assert!(number >= *next, "{number} of {who} comes when {next} was awaited");
                *next = number + 1;
                assert!(bytes == filling(number), "item {number} of {who} is corrupt");
                let before = seen[(who * MOST_ITEMS + number) as usize].fetch_add(1, SeqCst);
                assert_eq!(before, 0, "item {number} of {who} came twice");
            }
            Err(GetError::Disconnected) => return,
            Err(error) => panic!("{error}"),
        }
    }
}

const MOST_ITEMS: u64 = 2_000_000;

pub(crate) fn soak() {
    crate::soak(round);
}

fn round(random: &mut Random, figures: &mut Figures) {
    let mut ring = Ring::<Item>::new(64).expect("a ring");
    let progress = Atomics::new(16).expect("memory");
    let seen = Atomics::new((8 * MOST_ITEMS) as usize).expect("memory");
    let share = |atomics: &Atomics| atomics.try_clone().expect("a descriptor");
    // Forked ones share their addresses, re-executed ones nothing at all.
    let start = if random.below(4) == 0 { StartMethod::Exec } else { StartMethod::Fork };
    let consumer = |ring: &Ring<Item>| {
        let args = (ring.consumer().expect("a consumer"), share(&seen));
        Builder::new().start(start).spawn(consume, args).expect("a child")
    };
    let producer = |ring: &Ring<Item>, who: u64| {
        let args = (ring.producer().expect("a producer"), who, share(&progress));
        Builder::new().start(start).spawn(produce, args).expect("a child")
    };
    let mut consumers = vec![consumer(&ring), consumer(&ring)];
    let mut producers: Vec<_> = (0..2).map(|who| producer(&ring, who)).collect();
    let mut killed_consumers = 0;
    for who in 2..8 {
        random.pause(Duration::from_millis(8));
        let (n, consumes) = (random.below(2) as usize, random.below(2) == 0);
        let victim = if consumes { &mut consumers[n] } else { &mut producers[n] };
        let stop = random.stop(victim);
        figures.stops += usize::from(stop.is_some());
        if stop == Some(Stop::Over) {
            continue;
        }
        victim.kill().expect("a signal");
        figures.kills += 1;
        if consumes {
            consumers.push(consumer(&ring));
            consumers.swap_remove(n).wait().expect("it ends");
            killed_consumers += 1;
        } else {
            producers.push(producer(&ring, who));
            producers.swap_remove(n).wait().expect("it ends");
        }
    }
    for mut producer in producers {
        producer.kill().expect("a signal");
        producer.wait().expect("it ends");
        figures.kills += 1;
    }
    ring.close();
    for consumer in consumers {
        consumer.join().expect("it gets to the end");
    }
    assert!(matches!(ring.try_get(), Err(GetError::Disconnected)) && ring.is_empty());
    let (mut missing, mut unsure) = (Vec::new(), 0);
    for who in 0..8 {
        let [begun, done] = [0, 1].map(|n| progress[2 * who + n].load(SeqCst));
        assert!(begun <= MOST_ITEMS && begun - done <= 1);
        let mine = &seen[who * MOST_ITEMS as usize..][..MOST_ITEMS as usize];
        missing.extend((0..done).filter(|&n| mine[n as usize].load(SeqCst) == 0).map(|n| (who, n)));
        assert!(mine[begun as usize..].iter().take(100).all(|seen| seen.load(SeqCst) == 0));
        // Its producer was killed before it could say that it had put it.
        unsure += usize::from(begun > done && mine[done as usize].load(SeqCst) == 0);
        figures.items += done as usize;
    }
    assert!(
        missing.len() <= killed_consumers,
        "{missing:?} are lost with {killed_consumers} killed consumers"
    );
    // Of the missing, the ring does not count what was got and not dealt with.
    let lost = ring.lost().expect("it can be counted") as usize;
    assert!(lost <= missing.len() + unsure, "{lost} counted, {missing:?} missing");
    figures.killed_consumers += killed_consumers;
    figures.lost += missing.len();
    figures.lost_in_ring += lost;
}
