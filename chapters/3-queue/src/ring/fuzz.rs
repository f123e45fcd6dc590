//! What no producer would leave in a slot: it is an item or a typed error, and the next one is not affected.
//!
//! The words of the slots are not spoilt: a ring survives the death of those who take part, not their malice.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use testing::fuzz;

use crate::fuzz::{Item, corpus};
use crate::sys::ring::REGION;
use crate::{GetError, Ring};

#[test]
fn what_lies_in_a_slot_is_an_item_or_an_error_and_the_next_one_is_whole() {
    let ring = Ring::<Item>::new(64).expect("a ring");
    let good: Item = (1, "good".to_owned(), vec![None], BTreeMap::new());
    fuzz(corpus("item"), |bytes, choices| {
        let memory = &ring.participant.memory;
        ring.put(good.clone()).expect("room");
        let place = memory.tail().load(Relaxed) - 1;
        memory.store(place, bytes).expect("it is small");
        if choices.arbitrary().unwrap_or(false) {
            let region = REGION as u64;
            let lengths = [0, 1, 112, 113, region, region + 1, 1 << 36, 1 << 40, 1 << 63, u64::MAX];
            memory.length(place).store(*choices.choose(&lengths)?, Relaxed);
        }
        let got = ring.try_get();
        let is_typed =
            matches!(got, Ok(_) | Err(GetError::Decode { .. } | GetError::System { .. }));
        assert!(is_typed, "{got:?}");
        ring.put(good.clone()).expect("room");
        assert_eq!(ring.try_get().expect("it is whole"), good);
        Ok(())
    });
}
