//! How much memory a worker that waits has of its own, and how much as its share of what others have as well.

use caveats::cost::{memory_of, process_memory};
use lesson::{Result, text};
use pool::Pool;
use process::StartMethod;

use crate::asking::{Asking, Way};
use crate::row::{Kind, Unit};
use crate::rows::memory::by_threads;

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let ways = vec![
        Way::rust(Kind::Processes, "pool_private", |_| Ok(pool_worker()?.0)),
        Way::rust(Kind::Processes, "pool_shared", |_| Ok(pool_worker()?.1)),
        Way::rust(Kind::Processes, "exec_private", |_| {
            Ok(process_memory(StartMethod::Exec)?.private as f64)
        }),
        Way::rust(Kind::Threads, "thread_private", |_| by_threads()),
        Way::python(Kind::Processes, "pool_private"),
        Way::python(Kind::Processes, "pool_shared"),
        Way::python(Kind::Processes, "spawn_private"),
        Way::python(Kind::Threads, "thread_private"),
    ];
    asking.compare(Unit::Kibibytes, 1.0, &[1.0], ways)
}

fn increment(number: u32) -> u32 {
    number + 1
}

/// What a worker of a pool has that has done some tasks: of its own, and its share of the rest, in KiB.
fn pool_worker() -> Result<(f64, f64)> {
    let pool = Pool::new(2)?;
    pool.map_chunked(increment, 0..100, 1)?;
    let none = || text!("the pool has no worker", "プールにワーカーがいません");
    let memory = memory_of(pool.pids().first().ok_or_else(none)?)?;
    Ok((memory.private as f64, memory.pss.saturating_sub(memory.private) as f64))
}
