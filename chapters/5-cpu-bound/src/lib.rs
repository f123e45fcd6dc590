//! All cores busy: the same heavy computation one after another, in threads, and in processes.
//!
//! A processor core runs one thread at a time. A computation that never waits keeps its core busy, so the
//! only way to be done sooner is to use more cores, and for that there have to be more threads. In CPython
//! only one thread of a process runs Python code at a time (the GIL), so there it takes processes. Rust has no
//! such lock: threads and processes reach the same speed-up, and what differs is what they share.
//!
//! ```standalone_crate
//! use cpu_bound::heavy::heavy_computation;
//! use pool::Pool;
//!
//! let pool = Pool::new(pool::cores())?;
//! assert_eq!(pool.map(heavy_computation, [1, 2])?, [10_000_000, 20_000_000]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layout
//!
//! - [`heavy`]: the work: ten million additions that the compiler must not shorten.
//! - [`serial`], [`threads`], [`processes`]: three ways to do it for several numbers.
//! - [`speed_up`]: how long each took, and how much sooner it was done than the serial one.
//! - [`table`]: columns that are aligned in both languages.
//! - [`mandelbrot`], [`picture`]: a picture in tiles, and how it becomes a PNG file.
//!
//! # Coming from Python
//!
//! | Python | here |
//! |---|---|
//! | `with Pool() as pool: pool.map(heavy_computation, numbers)` | `Pool::new(pool::cores())?.map(heavy_computation, numbers)?` |
//! | `ThreadPoolExecutor().map(…)`: no faster, because of the GIL | [`threads::run`]: as fast as processes |
//! | `time.time()` | [`std::time::Instant`], which never goes backwards |
//!
//! # Gotchas
//!
//! - **The optimiser.** A loop whose result can be calculated is replaced by the result: see [`heavy`].
//! - **One run says little.** Other programs take turns on the cores; so the median of several rounds is shown,
//!   with the spread.
//! - **Speed-up has a limit.** It is the number of cores, whatever the number of workers.

pub mod heavy;
pub mod mandelbrot;
pub mod picture;
pub mod processes;
pub mod serial;
pub mod speed_up;
pub mod table;
pub mod threads;
