//! Processes or threads? Five situations, each measured with both on this machine.
//!
//! Advice on this choice is mostly handed down from Python, where threads cannot compute at the same time:
//! the interpreter has one lock, and who computes must hold it. A compiled program has no such lock. What is left
//! is what the kernel charges: a process has an address space of its own, which costs to make and costs again
//! whenever data has to cross it. How much that is, and whether it matters, only a measurement can say.
//!
//! # Layout
//!
//! Read in this order:
//!
//! - [`row`]: [`Row`], one situation: what Python's advice is, and how it is measured.
//! - [`rows`]: the five of them, a file each, and two costs. [`isolation`]: what no stopwatch shows.
//! - [`measure`]: [`interleaved`] rounds, and the [`Spread`] of what they gave.
//! - [`verdict`](mod@verdict): [`verdict()`], the one rule by which two spreads are judged. [`explain`]: step by step.
//! - [`conclusion`]: where Python's advice holds here and where not, in two or three sentences.
//! - [`table`]: columns that stand in line in both languages. [`report`]: the same as JSON.
//! - [`record`]: what `cargo xtask measure` found out, as it is kept in a file. [`recorded`]: the rows' figures in it.
//! - [`source`]: whether the figures come from there or are measured now.
//! - [`threads`]: the thread pool that stands against `Pool`. [`work`]: something to compute.
//!
//! # Coming from Python
//!
//! | situation | Python's advice | why | in Rust |
//! |---|---|---|---|
//! | computing | processes | the GIL | there is none: threads compute as quickly |
//! | waiting for I/O | threads | the GIL is released while a thread waits | the same: threads cost less to start |
//! | several cores | processes | the GIL | there is none |
//! | small tasks | threads | processes cost more to start and to talk to | the same |
//! | sharing data | threads | processes copy it | by a queue they do; by shared memory they do not |
//!
//! # Gotchas
//!
//! - **Noise.** Whoever else computes on this machine is measured too. So rounds of both alternate, and a verdict
//!   wants more than one lucky round: see [`verdict()`].
//! - **Speed is not everything.** A process can be killed, can crash, can be limited alone: see [`isolation`].
//! - **Fork first.** A program with live threads cannot fork. Each measurement joins its threads before the next
//!   one starts a process.

pub mod asking;
pub mod conclusion;
pub mod explain;
pub mod isolation;
pub mod measure;
pub mod questions;
pub mod record;
pub mod recorded;
pub mod report;
pub mod row;
pub mod rows;
pub mod source;
pub mod survey;
pub mod table;
pub mod threads;
pub mod verdict;
pub mod work;

pub use isolation::ISOLATIONS;
pub use measure::{Spread, interleaved};
pub use record::Record;
pub use row::{Better, Kind, Measured, Row, Sizes, Unit, Way};
pub use rows::{COSTS, ROWS};
pub use source::Source;
pub use verdict::{Verdict, verdict};
