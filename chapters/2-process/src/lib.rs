//! A process with a function to run: start it, join it, stop it, and never lose track of it.
//!
//! The kernel keeps a process that has ended, as a *zombie*, until its parent has asked how it ended;
//! until then its pid is not given out again, and after that the pid may be anybody's. Everything here
//! follows from that: a [`Process`] holds a *pidfd*, which means this one process for ever, and a
//! handle that is dropped still sees to it that its process is reaped.
//!
//! ```standalone_crate
//! use process::Process;
//!
//! fn worker(number: u32) -> u32 {
//!     println!("process {number} running (PID: {})", std::process::id());
//!     number * number
//! }
//!
//! let child = Process::spawn(worker, (3,))?;
//! assert_eq!(child.join()?, 9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layout
//!
//! Read in this order:
//!
//! - [`process`](mod@process): [`Process`], the handle: join, signals, drop.
//! - `handle`: what is behind it: one child's pidfd, outcome and end, and the list of those whose handles were dropped.
//! - [`builder`]: [`Builder`] and [`StartMethod`]: how to start one.
//! - [`target`]: what can be run: a function that captures nothing, and its arguments as a tuple.
//! - `fork` and `exec`: the two start methods; `child` is what both run in the new process.
//! - [`outcome`]: [`End`], how a process ended, and how its result comes back.
//! - [`descriptor`]: how a queue or a pipe in the arguments reaches the child.
//! - [`ready`]: waiting for a descriptor with a deadline.
//! - [`error`]: what can go wrong.
//! - `sys`: the only unsafe code.
//!
//! # Coming from Python
//!
//! | `multiprocessing` | here |
//! |---|---|
//! | `p = Process(target=f, args=(i,)); p.start()` | `let p = Process::spawn(f, (i,))?` |
//! | `p.join()` | `p.join()?`, which also gives what `f` returned |
//! | `p.join(timeout)` | [`Process::join_timeout`] |
//! | `p.is_alive()`, `p.pid`, `p.exitcode` | [`Process::is_alive`], [`Process::pid`], [`Process::wait`] → [`End`] |
//! | `p.terminate()`, `p.kill()` | [`Process::terminate`], [`Process::kill`] |
//! | `set_start_method('fork')`, `('spawn')` | [`StartMethod::Fork`], [`StartMethod::Exec`] |
//! | `if __name__ == '__main__':` | [`register`] first in `main` |
//! | `daemon=True` | [`Builder::die_with_parent`] |
//!
//! # Gotchas
//!
//! - **Fork and threads.** A forked child has one thread, with a copy of the memory in which the others
//!   may hold locks that nobody will ever release. So a fork is refused while there is a second thread.
//! - **Descriptors.** A pipe ends when its last write end is closed. A child that inherited one by accident
//!   keeps it open, and the reader waits for ever. So a child keeps only what it was given.
//! - **Zombies.** A child that ended but was not joined stays in the process table. Dropping the handle reaps
//!   it, now or at the next spawn, join or drop.
//! - **Buffered output.** What the parent has not flushed is copied by a fork and printed twice. So
//!   standard output is flushed before.

pub mod builder;
mod child;
pub mod descriptor;
pub mod error;
mod exec;
mod fork;
mod handle;
pub mod outcome;
pub mod process;
pub mod ready;
mod sys;
pub mod target;

pub use builder::{Builder, StartMethod};
pub use child::panic_message;
pub use descriptor::Descriptor;
pub use error::{JoinError, SpawnError};
pub use exec::register;
pub use outcome::End;
pub use process::Process;
pub use target::Target;
