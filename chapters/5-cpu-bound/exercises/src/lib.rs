//! What the exercises of the chapter on CPU-bound work are given, and need not change.
//!
//! An exercise's folder has the rest: see "Adding an exercise" in `CONTRIBUTING.md`.

#[path = "../4-abort/given.rs"]
pub mod abort;
#[path = "../2-messages/given.rs"]
pub mod messages;
#[path = "../3-serial-part/given.rs"]
pub mod serial_part;
#[path = "../1-speed-up/given.rs"]
pub mod speed_up;
