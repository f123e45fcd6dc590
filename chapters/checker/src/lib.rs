//! Checks an answer to an exercise: not only what it prints, but what it does with processes.
//!
//! A program can print the right lines and leave five zombies, lose a worker that nobody waits for, or hang one run
//! in ten. Here an answer runs under a deadline, in its own session and process group, below a guard that adopts
//! whatever loses its parent. What it forgot is reported by name, and nothing of it is left afterwards.
//!
//! # Layout
//!
//! - [`Check`]: what a check is written with: runs, expectations, problems. [`check!`] is its `main`.
//! - [`Case`]: how an answer is started, and what it is allowed.
//! - [`Running`]: an answer that runs: its lines, its processes, faults to inject. [`Ended`]: what it did.
//! - [`problem`]: what can be wrong, by name, with a message in both languages.
//! - `guard`: the process that runs the answer and looks at it; `ending` ends it; `cage` and `filter` hold it.
//! - [`processes`]: other processes in `/proc`; `stuck`: what each of them waits for.
//! - [`built`]: building an answer with cargo.
//! - `sys`: the only unsafe code.
//!
//! # Gotchas
//!
//! - *The end of output is not the end of the program.* It may close its output, or leave a child that holds
//!   it. So the end is that of the main process, and nobody waits for the end of a stream.
//! - *A zombie is gone when its parent is.* So the main process is looked at in the moment before it ends.
//! - *Killing a process group is not enough*: one `setsid`, and a process has left it. A subreaper keeps it.
//! - *The superuser may start processes without limit*, faster than anybody ends them. So each has to ask the guard first
//!   (`sys::gate`).

#[cfg(not(target_os = "linux"))]
compile_error!("the checker stands on Linux: use the dev container (macOS) or WSL 2 (Windows)");

pub mod built;
mod cage;
mod case;
mod check;
mod ended;
mod ending;
mod filter;
mod guard;
mod named;
pub mod problem;
pub mod processes;
mod program;
mod report;
mod running;
mod sockets;
mod stuck;
mod sys;

pub use case::Case;
pub use check::Check;
pub use ended::Ended;
pub use problem::Problem;
pub use program::{Exercise, Result, enter_guard, main};
pub use running::{Running, pid_in};
