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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word {
    /// How many times the ring has come round: 48 bits, so it does not in this life.
    pub(crate) lap: u64,
    pub(crate) phase: Phase,
    /// The seat of who writes or reads, else 0.
    pub(crate) owner: u16,
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
