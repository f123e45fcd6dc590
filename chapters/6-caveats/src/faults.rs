//! What can go wrong with processes, made to happen on purpose: each fault with the proof that we go on.
//!
//! A fault runs on a stage: a process of its own in a group of its own, with a deadline, whose descendants nobody
//! else can inherit. So a fault may do whatever it likes, and what it leaves behind is seen. Each function here makes one fault
//! happen to the crates of this book, looks at what comes of it, and gives either what it saw or the promise that was broken.
//!
//! # Layout
//!
//! - [`catalogue`]: the faults by number and name. The first 27 stop CPython's `multiprocessing` or lose data there.
//! - `workers`, `tasks`: what happens to the workers of a pool, and what tasks do to it.
//! - `queues`, `wire`: processes that end while they put or get; peers that send nonsense.
//! - `shared`, `processes`, `signals`, `limits`: shared memory, start and end, signals, a machine that has run out of something.
//! - [`stage`]: how a fault is run, and how what it left behind is found; `seen`: other processes, as `/proc` shows them.
//! - [`python`]: our Python counterpart of a fault, under the same deadline.
//! - [`table`]: columns of running text that stand in line in both languages.

/// Ends a fault with an error unless a promise held: what was promised, and the values it was about.
macro_rules! holds {
    ($claim:expr $(, $value:expr)* $(,)?) => {
        let held: bool = $claim;
        if !held {
            let values: &[String] = &[$(format!("{} = {:?}", stringify!($value), $value)),*];
            return Err($crate::faults::stage::broken(stringify!($claim), values).into());
        }
    };
}

pub mod catalogue;
mod limits;
mod processes;
pub mod python;
mod queues;
mod seen;
mod shared;
mod signals;
pub mod stage;
pub mod table;
mod tasks;
mod wire;
mod workers;

pub use catalogue::{FAULTS, Fault, find};
pub use stage::{Stage, Verdict, perform};

/// Has Ctrl-C end this process and those that it starts, as it does by default: a shell has what it runs in the background
/// ignore it, and what is ignored stays so across `exec` (`signal(7)`).
///
/// # Errors
///
/// What `sigaction(2)` says; not of this signal.
pub fn heed_interrupts() -> nix::Result<()> {
    crate::sys::heed(nix::sys::signal::Signal::SIGINT)
}
