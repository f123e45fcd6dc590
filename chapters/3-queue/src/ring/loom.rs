//! The real word machine under `loom`, which tries the orders that the memory model allows, not only those of one clock.
//!
//! `machine` is compiled here once more, over a memory that `loom` watches: an item is a cell, so two who are in one slot
//! at the same time are found, and one who reads what he cannot be sure to see yet. A death is a thread that ends without
//! leaving its seat. `loom` takes sequentially consistent operations for acquire and release, so the bells, which need
//! more, are left to `model`.
//!
//! `cargo test -p queue --features loom --lib loom`

use ::loom::model::Builder;
use ::loom::sync::atomic;
use ::loom::thread::{JoinHandle, spawn, yield_now};

use super::word;
use machine::{Claim, Participant};
use memory::Memory;

#[path = "machine.rs"]
#[allow(clippy::duplicate_mod, dead_code, reason = "over another memory; waiting takes no part")]
mod machine;

/// What `sys::ring` is to the real machine.
mod memory {
    use std::time::Duration;

    use ::loom::cell::UnsafeCell;
    use ::loom::sync::Arc;
    use ::loom::sync::atomic::Ordering::{AcqRel, Relaxed, Release};
    use ::loom::sync::atomic::{AtomicU64, AtomicUsize};

    pub(super) use crate::sys::ring::{Bell, Seat};

    pub(super) const SEATS: usize = 3;
    const VACANT: usize = 0;
    const TAKEN: usize = 1;
    const DEAD: usize = 2;

    #[derive(Debug)]
    struct Shared {
        tail: AtomicU64,
        head: AtomicU64,
        words: Vec<AtomicU64>,
        items: Vec<UnsafeCell<u64>>,
        seats: [AtomicUsize; SEATS],
        lost: AtomicU64,
    }

    pub(super) struct Ticket;

    #[derive(Clone, Debug)]
    pub(super) struct Memory(Arc<Shared>);

    impl Memory {
        pub(super) fn new(capacity: usize) -> Self {
            Self(Arc::new(Shared {
                tail: AtomicU64::new(0),
                head: AtomicU64::new(0),
                words: (0..capacity).map(|_| AtomicU64::new(0)).collect(),
                items: (0..capacity).map(|_| UnsafeCell::new(0)).collect(),
                seats: std::array::from_fn(|_| AtomicUsize::new(VACANT)),
                lost: AtomicU64::new(0),
            }))
        }

        pub(super) fn try_clone(&self) -> nix::Result<Self> {
            Ok(self.clone())
        }

        pub(super) fn capacity(&self) -> usize {
            self.0.words.len()
        }

        pub(super) fn tail(&self) -> &AtomicU64 {
            &self.0.tail
        }

        pub(super) fn head(&self) -> &AtomicU64 {
            &self.0.head
        }

        pub(super) fn word(&self, place: u64) -> &AtomicU64 {
            &self.0.words[place as usize % self.capacity()]
        }

        /// The slot's item; only its owner may look.
        pub(super) fn item(&self, place: u64) -> &UnsafeCell<u64> {
            &self.0.items[place as usize % self.capacity()]
        }

        pub(super) fn try_sit(&self, seat: usize) -> nix::Result<Seat> {
            let state = &self.0.seats[seat];
            let sit = |from| state.compare_exchange(from, TAKEN, AcqRel, Relaxed).is_ok();
            Ok(if sit(VACANT) {
                Seat::Vacant
            } else if sit(DEAD) {
                Seat::Dead
            } else {
                Seat::Taken
            })
        }

        /// Whoever has died does not leave.
        pub(super) fn leave(&self, seat: usize) {
            let _ = self.0.seats[seat].compare_exchange(TAKEN, VACANT, Release, Relaxed);
        }

        /// What the kernel does with a robust mutex when its owner dies.
        pub(super) fn die(&self, seat: u16) {
            self.0.seats[usize::from(seat)].store(DEAD, Release);
        }

        pub(super) fn buried(&self, _seat: usize) {}

        pub(super) fn note_lost(&self, _seat: usize, _place: u64) {
            self.0.lost.fetch_add(1, Relaxed);
        }

        pub(super) fn lost(&self) -> u64 {
            self.0.lost.load(Relaxed)
        }

        pub(super) fn give_back(&self, _place: u64) {}

        pub(super) fn ring(&self, _bell: Bell) {}

        pub(super) fn announce_sleep(&self, _bell: Bell) -> Ticket {
            Ticket
        }

        pub(super) fn sleep(&self, _bell: Bell, _ticket: Ticket, _at_most: Duration) {}
    }

    pub(super) fn generation() -> u32 {
        0
    }
}

/// Every order with at most so many changes of thread that nobody had to make: beyond three there are too many.
fn in_every_order(scene: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(scene);
}

fn claim(me: &Participant, claim: impl Fn(&Participant, u16) -> Claim) -> u64 {
    let seat = me.seat().expect("a seat is free");
    loop {
        match claim(me, seat) {
            Claim::Mine(place) => return place,
            // Who works there may have died.
            Claim::Busy(_) => drop(me.lost()),
            Claim::Nothing => {}
        }
        yield_now();
    }
}

fn put(me: &Participant, item: u64) {
    let place = claim(me, Participant::claim_to_write);
    store(&me.memory, place, item);
    me.publish_item(place);
}

fn get(me: &Participant) -> u64 {
    let place = claim(me, Participant::claim_to_read);
    let item = load(&me.memory, place);
    me.publish_room(place);
    item
}

fn store(memory: &Memory, place: u64, item: u64) {
    crate::sys::ring::loom::store(memory.item(place), item);
}

fn load(memory: &Memory, place: u64) -> u64 {
    crate::sys::ring::loom::load(memory.item(place))
}

/// Ends without leaving its seat.
fn die(me: &Participant) {
    me.memory.die(me.seat().expect("it has one"));
}

/// A consumer that dies with the item 6.
fn get_and_die(memory: &Memory) -> JoinHandle<()> {
    let memory = memory.clone();
    spawn(move || {
        let me = Participant::new(memory);
        let place = claim(&me, Participant::claim_to_read);
        assert_eq!(load(&me.memory, place), 6);
        die(&me);
    })
}

#[test]
fn items_of_one_producer_come_whole_and_in_order() {
    in_every_order(|| {
        let memory = Memory::new(1);
        let theirs = memory.clone();
        let producer = spawn(move || {
            let me = Participant::new(theirs);
            (7..9).for_each(|item| put(&me, item));
        });
        let me = Participant::new(memory);
        assert_eq!([get(&me), get(&me)], [7, 8]);
        producer.join().expect("it ends");
    });
}

#[test]
fn two_producers_put_each_item_once() {
    in_every_order(|| {
        let memory = Memory::new(2);
        let producers = [7, 8].map(|item| {
            let theirs = memory.clone();
            spawn(move || put(&Participant::new(theirs), item))
        });
        producers.into_iter().for_each(|producer| producer.join().expect("it ends"));
        let me = Participant::new(memory);
        let mut got = [get(&me), get(&me)];
        got.sort_unstable();
        assert_eq!(got, [7, 8]);
    });
}

#[test]
fn two_consumers_get_each_item_once() {
    in_every_order(|| {
        let memory = Memory::new(2);
        {
            let me = Participant::new(memory.clone());
            (7..9).for_each(|item| put(&me, item));
        }
        let theirs = memory.clone();
        let other = spawn(move || get(&Participant::new(theirs)));
        let mut got = [get(&Participant::new(memory)), other.join().expect("it ends")];
        got.sort_unstable();
        assert_eq!(got, [7, 8]);
    });
}

#[test]
fn the_slot_of_a_producer_that_died_is_used_by_the_next_one() {
    in_every_order(|| {
        let memory = Memory::new(1);
        let theirs = memory.clone();
        let dead = spawn(move || {
            let me = Participant::new(theirs);
            let place = claim(&me, Participant::claim_to_write);
            store(&me.memory, place, 666);
            die(&me);
        });
        let me = Participant::new(memory);
        dead.join().expect("it ends");
        put(&me, 7);
        assert_eq!((get(&me), me.lost()), (7, Ok(0)));
    });
}

#[test]
fn what_a_consumer_had_that_died_is_counted_while_others_put() {
    in_every_order(|| {
        let memory = Memory::new(1);
        put(&Participant::new(memory.clone()), 6);
        let dead = get_and_die(&memory);
        let me = Participant::new(memory);
        put(&me, 7);
        dead.join().expect("it ends");
        assert_eq!((get(&me), me.lost()), (7, Ok(1)));
    });
}

#[test]
fn a_slot_that_another_one_buries_is_not_entered_before_its_dead_owner_s_last_look() {
    in_every_order(|| {
        let memory = Memory::new(1);
        put(&Participant::new(memory.clone()), 6);
        let dead = get_and_die(&memory);
        let theirs = memory.clone();
        let sexton = spawn(move || Participant::new(theirs).lost().map(|_| ()));
        put(&Participant::new(memory), 7);
        dead.join().expect("it ends");
        sexton.join().expect("it ends").expect("a system call");
    });
}
