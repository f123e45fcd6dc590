//! A slot's item under `loom`, which finds whoever comes into a slot that is another's.

use ::loom::cell::UnsafeCell;

/// As an owner of the slot stores its item.
pub(crate) fn store(slot: &UnsafeCell<u64>, item: u64) {
    // SAFETY: whoever has claimed the slot is alone there, which is what loom checks.
    slot.with_mut(|place| unsafe { place.write(item) });
}

/// As an owner of the slot loads its item.
pub(crate) fn load(slot: &UnsafeCell<u64>) -> u64 {
    // SAFETY: as above.
    slot.with(|place| unsafe { place.read() })
}
