//! What the exercises of the chapter on overhead, shared data and faults are given, and need not change.
//!
//! An exercise's folder has the rest: see "Adding an exercise" in `CONTRIBUTING.md`.
