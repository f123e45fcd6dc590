//! A pool of worker processes that run a function over many items.
//!
//! A worker can die at any moment: the kernel kills it for want of memory, a task calls `exit`, a library
//! aborts. A pool that feeds its workers from one shared queue cannot know then which item is lost, and
//! waits for ever. So here every worker has a private channel: the parent knows at any time which items a
//! worker holds, reports the one that died with it, and gives the others to somebody else. What a worker has reported
//! lies in memory that outlives it.
//!
//! ```standalone_crate
//! use pool::Pool;
//!
//! fn square(n: i32) -> i32 {
//!     n * n
//! }
//!
//! let pool = Pool::new(3)?;
//! assert_eq!(pool.map(square, [1, 2, 3, 4, 5])?, [1, 4, 9, 16, 25]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layout
//!
//! - [`pool`](mod@pool): [`Pool`]: what you call; `run`: what `map` and its relatives do.
//! - [`results`]: [`Results`], an iterator that hands items out as results come in; [`Task`], one task's handle.
//! - [`builder`]: [`Builder`]: initializer, replacement after so many tasks, retries, start method.
//! - `worker`: the child's side: take an order, run it, report. Begin here.
//! - `order`: what a worker is to do, and how a function is named between the two; `job`: an order on its way; `report`:
//!   what became of its calls.
//! - `channel`: how they say it: a lane of shared memory each way, and a socket to wake and to notice the end.
//! - `engine`: the parent's side: who holds what, whom to wait for, who died; `staff`: one worker, seen from there;
//!   `inbox`: what has come in.
//! - `shared`: the engine, in the one process that may use it.
//! - [`error`]: [`PoolError`] and [`TaskError`]. `sys`: the only unsafe code.
//!
//! # Coming from Python
//!
//! | `multiprocessing` | here |
//! |---|---|
//! | `with Pool(3) as pool:` | `let pool = Pool::new(3)?;`: it ends with its scope |
//! | `Pool()` | `Pool::new(pool::cores())?` |
//! | `pool.map(f, items)` | [`Pool::map`] |
//! | `pool.map(f, items, chunksize=10)` | [`Pool::map_chunked`] |
//! | `pool.starmap(f, pairs)` | [`Pool::starmap`] |
//! | `pool.imap(f, items)`, `imap_unordered` | [`Pool::imap`], [`Pool::imap_unordered`] |
//! | `pool.apply_async(f, (x,))`, `.get(timeout)` | [`Pool::submit`], [`Task::wait_timeout`] |
//! | `Pool(4, initializer=f, initargs=(x,), maxtasksperchild=100)` | [`Builder`] |
//! | `pool.close(); pool.join()`, `pool.terminate()` | [`Pool::join`], [`Pool::terminate`] |
//! | a traceback; or, for a worker that died, nothing for ever | [`TaskError`], for that item alone: [`Pool::try_map`] |
//!
//! # Gotchas
//!
//! - **Nothing happens between calls.** There is no hidden thread (a fork could not be allowed any more): the
//!   pool hands out work and takes in results while you call it or wait for one of its tasks.
//! - **Make the pool before threads.** It forks its workers; also later, to replace one that died. While there are
//!   threads the other workers go on alone; with none left a task's error is [`TaskError::NoWorkers`].
//! - **Once, or twice, or not at all?** A task whose worker died is never repeated by itself: it may have been done
//!   to its last line but one. Only what a worker had certainly not begun goes to another. [`Builder::retries`] repeats: at
//!   least once, then.
//! - **A task's own processes** outlive a worker that is killed, unless they were told to die with it.
//! - **Small tasks.** An item costs a message there and one back. Below some microseconds of work a pool is
//!   slower than a loop; `map` sends several items with one message, and chapter 7 measures where it pays.
//! - **Leaving the scope ends what runs.** As Python's `with`, which calls `terminate`.
//!
//! # Blocking
//!
//! A call that may block says so, and what the death of a peer does to the wait. The others return at once.
//!
//! # Platform
//!
//! Linux, as [`process`](../process/index.html#platform) and the shared memory of [`queue`](../queue/index.html#platform).

pub mod builder;
mod channel;
mod engine;
pub mod error;
#[cfg(test)]
mod fuzz;
mod inbox;
mod job;
mod order;
pub mod pool;
mod report;
pub mod results;
mod run;
mod shared;
mod staff;
mod sys;
mod worker;

pub use builder::Builder;
pub use error::{PoolError, TaskError};
pub use pool::{Pool, cores, register_worker};
pub use results::{Results, Task};
