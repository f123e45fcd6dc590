//! What is said of processes, measured: four claims, each with a function that puts it to the test.
//!
//! A process has an address space of its own; that one fact makes it safe (nobody else writes there), free
//! (no lock that all must hold) and dear (the kernel has to set the space up). The functions here do not
//! argue: each runs the claim on this machine and gives the figures.
//!
//! # Layout
//!
//! - [`memory`]: a child writes, its parent does not see it.
//! - [`cores`]: two processes use more CPU time than time passes.
//! - [`gil`]: so do two threads, because Rust has no global lock.
//! - [`starting`]: a process costs more to start than a thread.
//! - [`usage`]: CPU time beside wall time. [`work`]: the computation that is measured.
//!
//! # Coming from Python
//!
//! | said of `multiprocessing` | here |
//! |---|---|
//! | processes do not share memory | the same: [`memory::child_writes`] |
//! | processes use all cores | the same: [`cores::two_processes`] |
//! | processes get around the GIL, threads do not | there is no GIL, so threads use all cores as well: [`gil::two_threads`] |
//! | a process costs more to start than a thread | the same: [`starting::compare`] |
//!
//! # Gotchas
//!
//! - **A busy machine.** Whoever else computes takes cores away from a measurement. So [`Usage::shown_by`]
//!   measures again, a few times, before it gives in.
//! - **One core.** Two processes on one core take turns. No figure can show what is not there: ask
//!   [`usage::cores`] first.

pub mod cores;
pub mod gil;
pub mod memory;
pub mod starting;
pub mod usage;
pub mod work;

pub use memory::Memory;
pub use starting::Starting;
pub use usage::Usage;
