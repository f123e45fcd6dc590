//! What the exercises of the chapter on overhead, shared data and faults are given, and need not change.
//!
//! An exercise's folder has the rest: see "Adding an exercise" in `CONTRIBUTING.md`.

mod checked;
#[path = "../1-lost-update/given.rs"]
pub mod lost_update;
#[path = "../4-manager/given.rs"]
pub mod manager;
#[path = "../5-nonsense/given.rs"]
pub mod nonsense;
#[path = "../3-owner-died/given.rs"]
pub mod owner_died;
#[path = "../2-semaphore/given.rs"]
pub mod semaphore;
