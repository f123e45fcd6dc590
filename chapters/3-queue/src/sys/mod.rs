//! The only unsafe code of this crate.

pub(crate) mod atomics;
pub(crate) mod lane;
pub(crate) mod locked;
pub(crate) mod mapping;
pub(crate) mod ring;
pub(crate) mod socket;
