//! Pipes and queues between processes, whose messages the kernel keeps whole.
//!
//! A pipe is a stream of bytes: two writers' messages can mix, and a reader that is killed in the middle of
//! one leaves the rest to the next, as garbage. A *packet socket* (`SOCK_SEQPACKET`, `unix(7)`) is like a
//! pipe whose unit is a message: it is sent whole or not at all, and taken whole by one reader. So a
//! process killed at any instruction leaves nothing half done, and there is nothing to recover. Messages
//! larger than a packet take their rest along in a memfd, which is again the kernel's to clean up.
//!
//! ```standalone_crate
//! use process::Process;
//! use queue::{Producer, Queue};
//!
//! fn worker(producer: Producer<String>) {
//!     producer.put("hello".to_owned()).expect("the parent gets it");
//! }
//!
//! let queue = Queue::new(8)?;
//! let child = Process::spawn(worker, (queue.producer()?,))?;
//! assert_eq!(queue.get()?, "hello");
//! child.join()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layout
//!
//! - [`pipe`](mod@pipe): [`pipe()`](pipe()) and [`duplex`]: one sender, one receiver; or a [`Connection`] both ways.
//! - [`queue`](mod@queue): [`Queue`], bounded, with its [`Producer`]s and [`Consumer`]s.
//! - [`error`]: [`PutError`] gives the item back; [`GetError`].
//! - [`ring`](mod@ring): [`Ring`], the same methods over shared memory: the fast one, and the advanced page.
//! - [`shared`]: memory that several processes see, with a lock that tells when its owner died.
//! - [`stages`]: how `Queue` came about: a raw pipe, frames, a lock, each with its mistake.
//! - [`encode`]: items into bytes and back. `transport`: messages of any size over packets. `waiting`: how long a call
//!   waits, and why it came to nothing. `sys`: the only unsafe code.
//!
//! # Coming from Python
//!
//! | `multiprocessing` | here |
//! |---|---|
//! | `q = Queue(8)` | `let queue = Queue::new(8)?`: always bounded |
//! | `Process(target=f, args=(q,))` | `Process::spawn(f, (queue.producer()?,))`: the child gets the end it needs |
//! | `q.put(x)`, `q.get()` | [`Queue::put`], [`Queue::get`] |
//! | `q.put(x, False)`, `q.get(False)` | [`Queue::try_put`], [`Queue::try_get`] |
//! | `q.get(timeout=1)` | [`Queue::get_timeout`] |
//! | `queue.Full`, `queue.Empty` | [`PutError::Full`] and [`PutError::Timeout`], with the item; [`GetError::Empty`], [`GetError::Timeout`] |
//! | `q.qsize()`, `q.empty()` | [`Queue::len`], [`Queue::is_empty`]: hints here, too |
//! | `q.close()` and a sentinel such as `None` | [`Queue::close`]; consumers see the end when the last producer is gone |
//! | `r, s = Pipe(duplex=False)` | `let (sender, receiver) = pipe()?` |
//! | `a, b = Pipe()` | `let (a, b) = duplex()?` |
//! | `Value('Q')`, `Array('Q', 8)` | [`shared::Atomics`], or [`shared::Locked`] with its lock |
//!
//! Python's `Queue` puts by a thread in the background: `put` returns before the item has left, and an item can be lost
//! with its producer. Here it has left when `put` returns.
//!
//! # Gotchas
//!
//! - **A queue that never ends.** Consumers wait while anybody can still put. A process that holds a whole
//!   [`Queue`] can; so give children a [`Producer`] or a [`Consumer`], and [`close`](Queue::close) your own.
//! - **Join before draining.** A child that still has to put into a full queue does not end. Get first, join
//!   after; or join with a timeout.
//! - **The unit of capacity.** The kernel bounds a queue by memory, so an item above 180 bytes weighs more than one. In a
//!   [`Ring`] that begins at 1 MiB. In both, one item of any size always fits.
//! - **A killed consumer's item.** It is gone, and neither a queue nor a ring can say which it was. Number the items, and
//!   note what was dealt with: [`Queue`] says how.
//! - **A stopped process.** A [`Queue`] has nothing half done in it. In a [`Ring`], who was stopped (`SIGSTOP`) in the
//!   middle of an item holds up those behind it: it is not dead, and may go on.
//! - **`ulimit -f`.** Memory that is shared is a file to the kernel. What is beyond the limit for files is refused
//!   with `EFBIG`; in a ring that is every item above 1 MiB, since each slot has its own far place in one file.
//! - **Length and emptiness are hints.** Another process may change them before you have read the answer.
//!
//! # Blocking
//!
//! A call that may block says so, and what the death of a peer does to the wait. The others return at once.
//!
//! # Platform
//!
//! Linux: packet sockets that pass descriptors (`unix(7)`), `memfd_create(2)`, and for [`shared`] and [`Ring`] robust
//! mutexes (`pthread_mutexattr_setrobust(3)`, glibc 2.30 or later) and `futex(2)`. Elsewhere the build
//! of `process` fails, and says what to use.

pub mod encode;
pub mod error;
#[cfg(test)]
mod explore;
mod file_limit;
#[cfg(test)]
mod fuzz;
pub mod pipe;
pub mod queue;
pub mod ring;
pub mod shared;
pub mod stages;
mod sys;
mod transport;
mod waiting;

pub use error::{GetError, PutError};
pub use pipe::{Connection, Receiver, Sender, duplex, pipe};
pub use queue::{Consumer, Producer, Queue};
pub use ring::{Ring, RingConsumer, RingItems, RingProducer};
