//! What to watch out for with processes, measured and made to happen.
//!
//! Memory that two processes share is shared by everything that can happen to either: both may write at once,
//! and one may be killed between two writes. Neither the compiler nor the kernel knows which writes belong
//! together. So what is shared here is plain data behind a lock ([`Value`], [`Array`]) that tells the next
//! owner when the last one died, or a number that changes in one step ([`Counter`]).
//!
//! ```standalone_crate
//! use caveats::Value;
//! use process::Process;
//!
//! fn worker(total: Value<u64>) {
//!     total.update(|total| *total += 1).expect("nobody is killed here");
//! }
//!
//! let total = Value::new(0_u64)?;
//! let child = Process::spawn(worker, (total.clone(),))?;
//! child.join()?;
//! assert_eq!(total.get()?, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layout
//!
//! - [`value`]: [`Value`], one value; [`array`](mod@array): [`Array`], several of them; each behind a lock.
//! - [`counter`]: [`Counter`], a number without a lock; and how to lose updates with it.
//! - [`updates`]: two processes that count with each of them, and what arrives.
//! - [`gil`]: a global lock over threads, beside free threads and processes.
//! - [`cost`]: what a process and a thread cost to start, and in memory; what light tasks cost.
//! - [`faults`]: what breaks on purpose, and the proof that we go on; `sys`: the only unsafe code.
//! - [`error`]: why shared data was not read or changed: [`SharedError`].
//!
//! # Coming from Python
//!
//! | `multiprocessing` | here |
//! |---|---|
//! | `v = Value('q', 0)` | `let v = Value::new(0_i64)?` |
//! | `v.value` | [`Value::get`], [`Value::set`] |
//! | `with v.get_lock(): v.value += 1` | `v.update(\|v\| *v += 1)?`, or [`Value::lock`] |
//! | `v.value += 1` (loses updates) | cannot be written: there is no unlocked access |
//! | `a = Array('d', [1, 2])`, `a[0]`, `len(a)` | `let a = Array::new(&[1.0, 2.0])?`, [`Array::get`], [`Array::len`] |
//! | a lock whose owner was killed: waits for ever | [`SharedError::OwnerDied`], or [`ValueGuard::previous_owner_died`] |
//! | `RawValue` with atomic C code | [`Counter`] |
//! | processes get around the GIL | there is none: threads compute at the same time, too |
//!
//! # Gotchas
//!
//! - **Read, add, write is three steps.** Another process may write between them, and its update is lost. `set`
//!   after `get` is such a case: use `update`, one guard, or [`Counter::add`].
//! - **A lock does not know what you were doing.** If its owner is killed the data may be half changed. Whoever is
//!   told has to repair it, or to throw it away; nobody is told a second time.
//! - **A guard lives to the end of its statement.** `f(v.lock()?.x, v.get()?)` locks twice: `HeldByThisThread`.
//! - **A guard kept is a queue of waiting processes.** Compute first, then lock.
//! - **Plain data only.** A reference, a `String` or a `Vec` is an address, and means nothing elsewhere.
//! - **A fork takes one thread along.** So it is refused while there are others: start processes first.
//! - **Joining before draining.** A child does not end while it still has to put into a full queue.
//!
//! # Blocking
//!
//! A call that may block says so, and what the death of a peer does to the wait. The others return at once.
//!
//! # Platform
//!
//! Linux, as the shared memory of [`queue`](../queue/index.html#platform).

pub mod array;
pub mod cost;
pub mod counter;
pub mod error;
pub mod faults;
pub mod gil;
mod sys;
pub mod updates;
pub mod value;

pub use array::{Array, ArrayGuard};
pub use counter::Counter;
pub use error::SharedError;
pub use value::{Value, ValueGuard};
