//! How much memory the large items of a ring may take together.
//!
//! What they take is summed up from the slots each time. A counter would be wrong for ever once somebody was killed
//! between a change of it and the change of a slot; a sum cannot be.

use std::sync::atomic::Ordering::Acquire;

use super::machine::{Claim, Participant};
use super::word::{Phase, Word};
use crate::sys::ring::REGION;

impl Participant {
    /// Like [`claim_to_write`](Self::claim_to_write), for an item of which so many bytes do not fit in a region: only if
    /// there is room for them, too.
    ///
    /// Looking and claiming are two steps, so those who look at the same moment may each find the last room.
    pub(crate) fn claim_to_write_large(&self, seat: u16, rest: u64) -> Claim {
        let budget = self.memory.capacity() as u64 * REGION as u64;
        let (there, owner) = self.rests();
        if there == 0 || there + rest <= budget {
            return self.claim_to_write(seat);
        }
        // Nobody else may come to that slot before there is room, so if its owner has died, this is who buries him.
        owner.map_or(Claim::Nothing, Claim::Busy)
    }

    /// How many bytes of all items lie outside of their regions, and the owner of a slot that is among theirs.
    fn rests(&self) -> (u64, Option<u16>) {
        let (mut sum, mut owner) = (0, None);
        for slot in 0..self.memory.capacity() as u64 {
            let word = Word::unpack(self.memory.word(slot).load(Acquire));
            let rest = self.memory.rest(slot);
            if rest > 0 && word.phase != Phase::Free {
                sum += rest;
                owner = owner.or(word.is_owned().then_some(word.owner));
            }
        }
        (sum, owner)
    }
}
