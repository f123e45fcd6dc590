//! The exercises of the chapter on processes.
//!
//! # Layout
//!
//! One folder for each exercise, with a number and a name: `1-reap/`.
//!
//! - `README.md`, `README.ja.md`: the task, and hints in three steps.
//! - `stub.rs`: what the reader changes. It compiles, and fails its check as it stands.
//! - `given.rs`: what the answers are given and need not change.
//! - `check.rs`: runs an answer and says what is wrong with it; `main.rs` tells the reader.
//! - `solution.rs`, and `wrong-….rs`: answers that look right, and that the check has to refuse.

#[path = "../1-reap/mod.rs"]
pub mod reap;
