//! Every order of the steps of two producers and two consumers in a ring of two slots, with a death after each step.
//!
//! The decisions are the real ones, of `word`; what is modelled is the memory (sequentially consistent), the mutexes
//! (the kernel's part: their owner dies with its process), and who calls what when, as in `machine`. Storing and loading
//! an item are part of its publication: nobody sees the difference if the slot is the owner's alone, which is checked.

use super::word::{Phase, Turn, Word};
use crate::explore::explore;
use crate::sys::ring::seats::{count, noted};

const SLOTS: u64 = 2;
const ACTORS: usize = 4;
/// Of each producer; the first half of the actors are producers.
const ITEMS: u8 = 2;
const DEATHS: u8 = 2;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Mutex {
    Free,
    HeldBy(u8),
    OwnerDied,
}

/// What an actor does next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Step {
    LoadCounter,
    LoadWord(u64),
    Swap(u64, Word, Word),
    /// Then publish, if the slot is the actor's, or start again.
    Advance(u64, bool),
    Publish(u64),
    TryMutex(u16),
    /// Sweeps for a dead seat, at this slot.
    Sweep(u16, u64),
    Free(u16, u64, Word),
    MakeConsistent(u16),
    Unlock(u16),
    /// There was nothing; is anybody left who could change that?
    LookForPeers,
    Ended,
    Dead,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct State {
    counters: [u64; 2],
    words: [Word; SLOTS as usize],
    /// Who put the item that lies in a slot, and which of his it is.
    items: [(u8, u8); SLOTS as usize],
    mutexes: [Mutex; ACTORS],
    notes: [u64; ACTORS],
    steps: [Step; ACTORS],
    /// How many items a producer has put.
    put: [u8; 2],
    /// How many of each producer's a consumer has got: a bit each.
    got: [u8; 2],
    /// Whether a consumer has seen that no producer is left.
    last_look: [bool; ACTORS],
    /// Items that were being got, or put, when their actor died.
    died: [u8; 2],
    deaths: u8,
}

impl State {
    fn first() -> Self {
        Self {
            counters: [0; 2],
            words: [Word::free(0); 2],
            items: [(9, 9); 2],
            mutexes: [0, 1, 2, 3].map(Mutex::HeldBy),
            notes: [0; ACTORS],
            steps: [Step::LoadCounter; ACTORS],
            put: [0; 2],
            got: [0; 2],
            last_look: [false; ACTORS],
            died: [0; 2],
            deaths: 0,
        }
    }

    fn lives(&self, actor: usize) -> bool {
        !matches!(self.steps[actor], Step::Ended | Step::Dead)
    }

    fn write_word(&mut self, slot: u64, word: Word) {
        assert!(word > self.words[slot as usize], "a key falls: {self:?}");
        self.words[slot as usize] = word;
    }

    fn kill(&self, actor: usize) -> Self {
        let mut next = self.clone();
        next.steps[actor] = Step::Dead;
        next.deaths += 1;
        for mutex in &mut next.mutexes {
            if *mutex == Mutex::HeldBy(actor as u8) {
                *mutex = Mutex::OwnerDied;
            }
        }
        if self.words.iter().any(|word| word.buried(actor as u16).is_some()) {
            next.died[actor / 2] += 1;
        }
        next
    }

    /// The state after an actor's next step.
    fn step(&self, actor: usize) -> Self {
        let mut next = self.clone();
        let (me, consumes) = (actor as u16, actor / 2);
        let turn = |word: Word, lap| match consumes {
            0 => word.turn_to_write(lap, me),
            _ => word.turn_to_read(lap, me),
        };
        next.steps[actor] = match self.steps[actor] {
            Step::LoadCounter if consumes == 0 && self.put[actor] == ITEMS => {
                // It leaves its seat.
                next.mutexes[actor] = Mutex::Free;
                Step::Ended
            }
            Step::LoadCounter => Step::LoadWord(self.counters[consumes]),
            Step::LoadWord(place) => {
                let word = self.words[(place % SLOTS) as usize];
                match turn(word, place / SLOTS) {
                    Turn::Claim(mine) => Step::Swap(place, word, mine),
                    Turn::Advance => Step::Advance(place, false),
                    Turn::Busy(owner) => Step::TryMutex(owner),
                    Turn::Nothing => Step::LookForPeers,
                }
            }
            Step::Swap(place, word, mine) => {
                if self.words[(place % SLOTS) as usize] == word {
                    next.write_word(place % SLOTS, mine);
                    Step::Advance(place, true)
                } else {
                    Step::LoadCounter
                }
            }
            Step::Advance(place, mine) => {
                if self.counters[consumes] == place {
                    next.counters[consumes] += 1;
                }
                if mine { Step::Publish(place) } else { Step::LoadCounter }
            }
            Step::Publish(place) => {
                let (slot, lap) = (place % SLOTS, place / SLOTS);
                let word = self.words[slot as usize];
                if consumes == 0 {
                    assert_eq!(word, Word::writing(lap, me), "{self:?}");
                    next.items[slot as usize] = (actor as u8, self.put[actor]);
                    next.put[actor] += 1;
                    next.write_word(slot, Word::ready(lap));
                } else {
                    assert_eq!(word, Word::reading(lap, me), "{self:?}");
                    let (who, number) = self.items[slot as usize];
                    let got = &mut next.got[usize::from(who)];
                    assert!(*got & (1 << number) == 0, "an item came twice: {self:?}");
                    *got |= 1 << number;
                    next.write_word(slot, Word::free(lap + 1));
                }
                Step::LoadCounter
            }
            Step::TryMutex(owner) => match self.mutexes[usize::from(owner)] {
                Mutex::HeldBy(_) => Step::LoadCounter,
                Mutex::Free => {
                    next.mutexes[usize::from(owner)] = Mutex::HeldBy(actor as u8);
                    Step::Unlock(owner)
                }
                Mutex::OwnerDied => {
                    next.mutexes[usize::from(owner)] = Mutex::HeldBy(actor as u8);
                    Step::Sweep(owner, 0)
                }
            },
            Step::Sweep(dead, SLOTS..) => Step::MakeConsistent(dead),
            Step::Sweep(dead, slot) => {
                let word = self.words[slot as usize];
                match word.buried(dead) {
                    None => Step::Sweep(dead, slot + 1),
                    Some(buried) => {
                        if word.phase == Phase::Reading {
                            let note = &mut next.notes[usize::from(dead)];
                            *note = noted(*note, word.lap * SLOTS + slot);
                        }
                        Step::Free(dead, slot, buried)
                    }
                }
            }
            Step::Free(dead, slot, buried) => {
                assert_eq!(self.words[slot as usize].buried(dead), Some(buried), "{self:?}");
                next.write_word(slot, buried);
                Step::Sweep(dead, slot + 1)
            }
            // From here on a death makes it "owner died" all the same: the model needs no other state.
            Step::MakeConsistent(dead) => Step::Unlock(dead),
            Step::Unlock(seat) => {
                next.mutexes[usize::from(seat)] = Mutex::Free;
                Step::LoadCounter
            }
            Step::LookForPeers => {
                let peers = if consumes == 0 { 2..4 } else { 0..2 };
                let alone = peers.into_iter().all(|peer| !self.lives(peer));
                if alone && (consumes == 0 || self.last_look[actor]) {
                    next.mutexes[actor] = Mutex::Free;
                    Step::Ended
                } else {
                    next.last_look[actor] = alone;
                    Step::LoadCounter
                }
            }
            Step::Ended | Step::Dead => unreachable!("it is not asked"),
        };
        next
    }

    /// What must hold when everybody has ended.
    fn check_end(&self) {
        let put: u32 = self.put.iter().map(|&put| u32::from(put)).sum();
        let got: u32 = self.got.iter().map(|got| got.count_ones()).sum();
        let waits = self.words.iter().filter(|word| word.phase == Phase::Ready).count();
        // As `lost` does it: what nobody had to wait for is still to be noted, and what is noted is not noted again.
        let mut notes = self.notes;
        for (slot, word) in self.words.iter().enumerate() {
            if word.phase == Phase::Reading {
                let note = &mut notes[usize::from(word.owner)];
                *note = noted(*note, word.lap * SLOTS + slot as u64);
            }
        }
        let lost: u64 = notes.map(count).iter().sum();
        let consumer_is_left = self.steps[2..].contains(&Step::Ended);
        assert_eq!(lost, u64::from(self.died[1]), "a loss is not noted once: {self:?}");
        assert!(!consumer_is_left || waits == 0, "an item was left: {self:?}");
        assert_eq!(put, got + u32::from(self.died[1]) + waits as u32, "an item is lost: {self:?}");
    }
}

#[test]
fn nothing_is_lost_twice_or_stuck_in_any_order_of_steps_and_deaths() {
    let living =
        |state: &State| -> Vec<usize> { (0..ACTORS).filter(|&actor| state.lives(actor)).collect() };
    let next = |state: &State| {
        let living = living(state);
        let deaths = living.iter().filter(|_| state.deaths < DEATHS);
        let deaths = deaths.map(|&actor| (state.kill(actor), false));
        deaths.chain(living.iter().map(|&actor| (state.step(actor), true))).collect()
    };
    let end = |state: &State| {
        let all_have_ended = living(state).is_empty();
        if all_have_ended {
            state.check_end();
        }
        all_have_ended
    };
    let (states, stuck) = explore(State::first(), next, end);
    assert_eq!(stuck, None, "stuck for ever");
    println!("{states} states");
    assert!(states > 100_000, "the model has shrunk");
}
