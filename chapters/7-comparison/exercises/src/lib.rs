//! What the exercises of the chapter on the comparison are given, and need not change.
//!
//! An exercise's folder has the rest: see "Adding an exercise" in `CONTRIBUTING.md`.

mod checked;
#[path = "../1-isolate/given.rs"]
pub mod isolate;
#[path = "../2-right-tool/given.rs"]
pub mod right_tool;
#[path = "../3-share-once/given.rs"]
pub mod share_once;
