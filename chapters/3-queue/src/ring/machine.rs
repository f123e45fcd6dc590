//! Claiming, publishing, burying: what producers and consumers do with the slots.
//!
//! A claimer killed between any two steps stops nobody: `tail` and `head` are advanced by whoever sees that
//! the slot there has moved on, and a slot whose owner died is buried by whoever waits for it.

use std::cell::Cell;
use std::hint::spin_loop;
use std::marker::PhantomData;
use std::thread::yield_now;
use std::time::Duration;

use nix::errno::Errno;

use super::atomic::Ordering::{Acquire, Relaxed, SeqCst};
use super::atomic::{AtomicU64, fence};
use super::memory::{Bell, Memory, SEATS, Seat, generation};
use super::word::{Phase, Turn, Word};

/// Turns of looking again before a wait goes to sleep: a message that is on its way is seen within a microsecond,
/// while waking a sleeper takes up to a hundred.
const SPINS: u32 = 1_000;
/// A sleeper wakes so often to see whether who should have woken it has died.
const NAP: Duration = Duration::from_millis(20);

/// What a try to claim a slot came to.
pub(crate) enum Claim {
    /// The slot at this place is the caller's.
    Mine(u64),
    /// There is no item (for a consumer), no room (for a producer).
    Nothing,
    /// Somebody works in the slot whose turn it is: who sits here, and may have died.
    Busy(u16),
}

/// One process's part in a ring: its memory, and its seat once it has done something.
#[derive(Debug)]
pub(crate) struct Participant {
    pub(crate) memory: Memory,
    /// The seat, and in which generation of forks it was taken.
    seat: Cell<Option<(u16, u32)>>,
    /// A mutex belongs to a thread.
    stays: PhantomData<*const ()>,
}

impl Participant {
    pub(crate) fn new(memory: Memory) -> Self {
        Self { memory, seat: Cell::new(None), stays: PhantomData }
    }

    /// Another part in the same ring, with its own seat.
    pub(crate) fn try_clone(&self) -> nix::Result<Self> {
        self.memory.try_clone().map(Self::new)
    }

    fn lap(&self, place: u64) -> u64 {
        place / self.memory.capacity() as u64
    }

    /// The seat, taken at the first use and kept until this is dropped or given away.
    ///
    /// # Errors
    ///
    /// `EUSERS`: all seats are taken.
    pub(crate) fn seat(&self) -> nix::Result<u16> {
        let generation = generation();
        if let Some((seat, taken_in)) = self.seat.get()
            && taken_in == generation
        {
            return Ok(seat);
        }
        // Twice: a seat is taken for a moment when somebody looks whether its sitter has died.
        for seat in (0..SEATS).chain(0..SEATS) {
            match self.memory.try_sit(seat)? {
                Seat::Taken => continue,
                Seat::Vacant => {}
                Seat::Dead => self.bury(seat),
            }
            self.seat.set(Some((seat as u16, generation)));
            return Ok(seat as u16);
        }
        Err(Errno::EUSERS)
    }

    /// Gives the seat up, so that this can be handed to another process. Nothing is claimed between calls.
    pub(crate) fn leave(&self) {
        if let Some((seat, taken_in)) = self.seat.take()
            && taken_in == generation()
        {
            self.memory.leave(seat.into());
        }
    }

    /// Tries to claim the next slot for writing.
    pub(crate) fn claim_to_write(&self, seat: u16) -> Claim {
        self.claim(self.memory.tail(), |word, lap| word.turn_to_write(lap, seat))
    }

    /// Tries to claim the next slot for reading.
    pub(crate) fn claim_to_read(&self, seat: u16) -> Claim {
        self.claim(self.memory.head(), |word, lap| word.turn_to_read(lap, seat))
    }

    fn claim(&self, counter: &AtomicU64, turn: impl Fn(Word, u64) -> Turn) -> Claim {
        loop {
            let place = counter.load(Acquire);
            let word = self.memory.word(place);
            let bits = word.load(Acquire);
            match turn(Word::unpack(bits), self.lap(place)) {
                Turn::Claim(mine) => {
                    if word.compare_exchange(bits, mine.pack(), Acquire, Relaxed).is_ok() {
                        self.advance(counter, place);
                        return Claim::Mine(place);
                    }
                }
                Turn::Advance => self.advance(counter, place),
                Turn::Busy(owner) => return Claim::Busy(owner),
                Turn::Nothing => return Claim::Nothing,
            }
        }
    }

    /// Whether there is nothing to get at this moment.
    pub(crate) fn is_empty(&self) -> bool {
        loop {
            let place = self.memory.head().load(Acquire);
            match Word::unpack(self.memory.word(place).load(Acquire))
                .turn_to_read(self.lap(place), 0)
            {
                Turn::Claim(_) => return false,
                Turn::Advance => self.advance(self.memory.head(), place),
                Turn::Busy(_) | Turn::Nothing => return true,
            }
        }
    }

    /// About how many items there are: the counters may lag behind, and count what is being put and what was buried.
    pub(crate) fn len(&self) -> usize {
        let head = self.memory.head().load(Acquire);
        let there = self.memory.tail().load(Acquire).saturating_sub(head);
        (there as usize).min(self.memory.capacity())
    }

    /// The slot at `place` has moved on, so the counter may. Somebody else may have moved it already.
    fn advance(&self, counter: &AtomicU64, place: u64) {
        let _ = counter.compare_exchange(place, place + 1, SeqCst, Relaxed);
    }

    /// The item is stored: consumers may have it.
    pub(crate) fn publish_item(&self, place: u64) {
        // A swap, which is a full fence: the look at the bell must not come before it.
        self.memory.word(place).swap(Word::ready(self.lap(place)).pack(), SeqCst);
        self.memory.ring(Bell::Put);
    }

    /// The item is copied out, or could not be stored: the slot is free for the next lap.
    pub(crate) fn publish_room(&self, place: u64) {
        self.memory.word(place).swap(Word::free(self.lap(place) + 1).pack(), SeqCst);
        self.memory.ring(Bell::Got);
    }

    /// Frees the slots that the dead sitter of a seat had claimed. The caller holds the seat's mutex, and holds it
    /// during the whole sweep: if it is killed in the middle, the next one sweeps again.
    fn bury(&self, seat: usize) {
        for slot in 0..self.memory.capacity() as u64 {
            let word = self.memory.word(slot);
            let seen = Word::unpack(word.load(Acquire));
            if let Some(buried) = seen.buried(seat as u16) {
                self.memory.give_back(slot);
                if seen.phase == Phase::Reading {
                    self.memory.note_lost(seat, seen.lap * self.memory.capacity() as u64 + slot);
                }
                // Nobody else changes the word of an owner that is dead.
                word.store(buried.pack(), SeqCst);
            }
        }
        self.memory.buried(seat);
        fence(SeqCst);
        self.memory.ring(Bell::Put);
        self.memory.ring(Bell::Got);
    }

    /// If the owner of a slot has died, buries it; says whether it did.
    fn bury_if_dead(&self, owner: u16) -> nix::Result<bool> {
        let seat = owner.into();
        match self.memory.try_sit(seat)? {
            Seat::Taken => Ok(false),
            Seat::Vacant => {
                self.memory.leave(seat);
                Ok(true)
            }
            Seat::Dead => {
                self.bury(seat);
                self.memory.leave(seat);
                Ok(true)
            }
        }
    }

    /// How many items were lost with consumers that died: buries all the dead first.
    ///
    /// # Errors
    ///
    /// What `pthread_mutex_trylock(3)` says.
    pub(crate) fn lost(&self) -> nix::Result<u64> {
        for seat in 0..SEATS as u16 {
            self.bury_if_dead(seat)?;
        }
        Ok(self.memory.lost())
    }

    /// Claims with `claim`; while that comes to nothing, spins, then sleeps, and asks `go_on` between naps.
    ///
    /// A caller that does not want to `wait` is not kept when there is nothing; only somebody at work is waited for a
    /// little, since he may have died. `go_on` gets whether somebody works in the slot, and says how long to sleep at most, or why not to.
    pub(crate) fn wait_for<E: From<Errno>>(
        &self,
        bell: Bell,
        wait: bool,
        claim: impl Fn(&Self, u16) -> Claim,
        mut go_on: impl FnMut(bool) -> Result<Duration, E>,
    ) -> Result<u64, E> {
        let seat = self.seat()?;
        let mut turns = 0;
        loop {
            let busy = match claim(self, seat) {
                Claim::Mine(place) => return Ok(place),
                Claim::Busy(owner) => Some(owner),
                Claim::Nothing => None,
            };
            turns += 1;
            if turns < SPINS && (wait || busy.is_some()) {
                spin_loop();
                if turns % 32 == 0 {
                    yield_now();
                }
                continue;
            }
            if let Some(owner) = busy
                && self.bury_if_dead(owner)?
            {
                continue;
            }
            let at_most = go_on(busy.is_some())?;
            let ticket = self.memory.announce_sleep(bell);
            fence(SeqCst);
            // Whoever publishes after this look sees the announcement.
            match claim(self, seat) {
                Claim::Mine(place) => return Ok(place),
                _ => self.memory.sleep(bell, ticket, at_most.min(NAP)),
            }
        }
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        self.leave();
    }
}
