//! A process with a function to run: start it, join it, stop it, and never lose track of it.
//!
//! The kernel keeps a process that has ended, as a *zombie*, until its parent has asked how it ended, which
//! is called to *reap* it; until then its pid is not given out again, and after that the pid may be anybody's.
//! Everything here follows from that: a [`Process`] holds a *pidfd*, which means this one process for ever,
//! and a handle that is dropped still sees to it that its process is reaped. (`waitpid(2)` with the pid would do for a
//! while; but it knows no time-out, while a pidfd can be polled, and should anybody else reap the child, a pidfd never
//! comes to mean a stranger.)
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
//! # Words
//!
//! - *pid*: the number by which the kernel names a process, until it is reaped.
//! - *descriptor*: the small number by which one process names an open file, pipe or socket. A *pidfd* is one
//!   for a process (`pidfd_open(2)`), a *memfd* one for a file that has no name and lives in memory
//!   (`memfd_create(2)`), until the last descriptor for it is gone.
//! - *fork*: to copy this process (`fork(2)`); parent and child both go on from there, each with its own memory.
//! - *exec*: to replace the program in a process by another one, from its `main` (`execve(2)`). Memory is lost; descriptors
//!   stay open, but for those marked *close-on-exec*, as all are that Rust opens. `posix_spawn(3)` makes a new process and
//!   executes a program in it; a child that was started so is called *re-executed* here.
//!
//! # Layout
//!
//! Read in this order; the last three may be looked up when they are met:
//!
//! - [`process`](mod@process): [`Process`], the handle: join, signals, drop.
//! - [`target`]: what can be run: a function that captures nothing, and its arguments as a tuple.
//! - [`builder`]: [`Builder`] and [`StartMethod`]: how to start one.
//! - [`outcome`]: [`End`], how a process ended, and how its result comes back.
//! - `handle`: what is behind a [`Process`]: one child's pidfd, outcome and end, and the list of those whose
//!   handles were dropped.
//! - [`descriptor`]: how a queue or a pipe in the arguments reaches the child.
//! - `child`: what both start methods do in the new process; and [`panic_message`].
//! - `fork` and `exec`: the two start methods, the shorter one first.
//! - [`ready`]: waiting for a descriptor, and the [`Deadline`](ready::Deadline) of a wait.
//! - [`error`]: what can go wrong.
//! - `sys`: the only unsafe code.
//!
//! `lesson`, from which some calls come, is what the programs share: the reader's language (`text!`) and the
//! timeline, a record of what each process did and when. Without the two nothing here would work differently. A third,
//! `output`, tells that nobody reads what is printed: exit code 141.
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
//! # When one of them dies
//!
//! - **The child**, before its target returned: [`join`](Process::join) says how ([`JoinError::Ended`]), and the
//!   parent goes on.
//! - **The parent**, killed or returned from `main`: its children run on, and what they return is lost. Nobody
//!   waits for them as Python does at its exit. Another process adopts them (pid 1, as a rule) and reaps them.
//!   [`Builder::die_with_parent`] has them killed instead.
//!
//! # Gotchas
//!
//! - **Fork and threads.** A forked child has one thread, with a copy of the memory in which the others
//!   may hold locks that nobody will ever release. So a fork is refused while there is a second thread.
//! - **Descriptors.** A pipe ends when its last write end is closed. A child that inherited one by accident
//!   keeps it open, and the reader waits for ever. So a child keeps only what it was given.
//! - **Zombies.** A child that ended but was not joined stays in the process table. Dropping the handle reaps
//!   it, now or at a later spawn, wait or drop ([when exactly](Process#dropping)).
//! - **Buffered output.** What the parent has not flushed is copied by a fork and printed twice. So
//!   standard output and error are flushed before.
//! - **`ulimit -f`.** A memfd is a file to the kernel, and results (for exec, arguments too) travel in one. To write
//!   beyond the limit for files kills the writer with `SIGXFSZ`: the child, or for arguments the parent.
//!
//! # Blocking
//!
//! A call that may block says so, and what the death of a peer does to the wait. The others return at once.
//!
//! # Platform
//!
//! Linux 5.9 or later with `/proc` mounted: `pidfd_open(2)`, `waitid(2)` on a pidfd, `memfd_create(2)`,
//! `close_range(2)`. Elsewhere the build fails, in `lesson`, and says what to use.

pub mod builder;
mod child;
pub mod descriptor;
pub mod error;
mod exec;
mod fork;
#[cfg(test)]
mod fuzz;
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
