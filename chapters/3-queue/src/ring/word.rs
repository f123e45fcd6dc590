//! One slot's word: which lap, in which phase, whose.
//!
//! ```text
//! Free(lap) → Writing(lap, owner) → Ready(lap) → Reading(lap, owner) → Free(lap + 1)
//!                     └────────────── burial ─────────────┴───────────────↑
//! ```
//!
//! It only moves forward. That is the whole protocol: from a word and a place alone one can tell whether the
//! place was taken already, and a step that came too late fails in its compare-and-swap.

/// What is going on in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Phase {
    /// The item of this lap may be put.
    Free,
    /// The owner puts it.
    Writing,
    /// It may be got.
    Ready,
    /// The owner gets it.
    Reading,
}

/// A word, taken apart. Ordered by lap, then phase: the order in which a slot goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Word {
    /// How many times the ring has come round: 48 bits, so it does not in this life.
    pub(crate) lap: u64,
    pub(crate) phase: Phase,
    /// The seat of who writes or reads, else 0.
    pub(crate) owner: u16,
}

/// What a word tells somebody whose turn may be at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// His: he may try to swap the word for this one.
    Claim(Word),
    /// Past: the counter that led here has to be advanced.
    Advance,
    /// Not yet: its owner, who may have died, is at work.
    Busy(u16),
    /// Not yet: there is nothing to get, or no room to put.
    Nothing,
}

const OWNER_BITS: u32 = 14;
const PHASE_BITS: u32 = 2;

impl Word {
    pub(crate) fn free(lap: u64) -> Self {
        Self { lap, phase: Phase::Free, owner: 0 }
    }

    pub(crate) fn ready(lap: u64) -> Self {
        Self { lap, phase: Phase::Ready, owner: 0 }
    }

    pub(crate) fn writing(lap: u64, owner: u16) -> Self {
        Self { lap, phase: Phase::Writing, owner }
    }

    pub(crate) fn reading(lap: u64, owner: u16) -> Self {
        Self { lap, phase: Phase::Reading, owner }
    }

    /// What the word says to a producer who has come to the slot for this lap.
    pub(crate) fn turn_to_write(self, lap: u64, me: u16) -> Turn {
        if self == Self::free(lap) {
            Turn::Claim(Self::writing(lap, me))
        } else if self > Self::free(lap) {
            Turn::Advance
        } else if self.is_owned() {
            Turn::Busy(self.owner)
        } else {
            Turn::Nothing
        }
    }

    /// What the word says to a consumer who has come to the slot for this lap.
    pub(crate) fn turn_to_read(self, lap: u64, me: u16) -> Turn {
        if self == Self::ready(lap) {
            Turn::Claim(Self::reading(lap, me))
        } else if self > Self::ready(lap) {
            Turn::Advance
        } else if self.lap == lap && self.is_owned() {
            Turn::Busy(self.owner)
        } else {
            Turn::Nothing
        }
    }

    /// What becomes of the word if this owner has died: the place is skipped. `None` if it is not his.
    pub(crate) fn buried(self, dead: u16) -> Option<Self> {
        (self.is_owned() && self.owner == dead).then(|| Self::free(self.lap + 1))
    }

    /// Whether somebody works in the slot, who may have died.
    pub(crate) fn is_owned(self) -> bool {
        matches!(self.phase, Phase::Writing | Phase::Reading)
    }

    pub(crate) fn pack(self) -> u64 {
        (self.lap << (OWNER_BITS + PHASE_BITS))
            | ((self.phase as u64) << OWNER_BITS)
            | u64::from(self.owner)
    }

    pub(crate) fn unpack(bits: u64) -> Self {
        let phase = match (bits >> OWNER_BITS) & 3 {
            0 => Phase::Free,
            1 => Phase::Writing,
            2 => Phase::Ready,
            _ => Phase::Reading,
        };
        let owner = (bits & ((1 << OWNER_BITS) - 1)) as u16;
        Self { lap: bits >> (OWNER_BITS + PHASE_BITS), phase, owner }
    }
}

#[cfg(test)]
mod tests {
    use super::Word;

    #[test]
    fn a_word_survives_packing_and_keeps_its_order() {
        let (lap, owner) = (12_345_678_901, 63);
        let course = [
            Word::free(lap),
            Word::writing(lap, owner),
            Word::ready(lap),
            Word::reading(lap, owner),
            Word::free(lap + 1),
        ];
        for word in course {
            assert_eq!(Word::unpack(word.pack()), word);
        }
        assert!(course.is_sorted());
        assert!(course.map(Word::pack).is_sorted());
    }
}
