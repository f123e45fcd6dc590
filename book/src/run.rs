//! Running the programs that the book shows, for the page that asks, and ending all that they started.
//!
//! A page names an entry of `outputs.toml` and nothing else; what is run for it is decided here. Each run
//! has a process of its own beside it, the [`supervisor`], which becomes the parent of whatever the
//! program leaves behind, a daemon too. It kills them all when the pipe from here is closed: by a stop, a
//! timeout, a page that was closed, or the death of this process, whatever it dies of.
//!
//! # Layout
//!
//! - [`catalogue`]: which programs may be run.
//! - [`freshness`]: whether they are built from the sources as they are now.
//! - [`runner`]: one run, and the limits on all.
//! - [`supervisor`]: the process beside a run.
//! - [`event`]: what a page is told.

pub mod catalogue;
pub mod event;
pub mod freshness;
pub mod runner;
pub mod supervisor;

pub use catalogue::{Catalogue, Program};
pub use event::{Ending, Event};
pub use freshness::Freshness;
pub use runner::{Limits, Refusal, Runner};
