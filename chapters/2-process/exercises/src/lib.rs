//! What the exercises of the chapter on processes are given, and need not change.
//!
//! An exercise's folder has the rest: see "Adding an exercise" in `CONTRIBUTING.md`.

#[path = "../1-reap/given.rs"]
pub mod reap;
#[path = "../6-supervisor/given.rs"]
pub mod supervisor;
#[path = "../5-thumbnails/given.rs"]
pub mod thumbnails;
