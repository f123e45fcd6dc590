//! What it costs to start a worker that does nothing and to join it, in a parent of several sizes.
//!
//! A fork copies the parent's page tables, so it is the dearer the more memory the parent has; exec starts from an
//! empty address space, and a thread shares the one that is there.

use std::hint::black_box;

use caveats::cost;
use lesson::Result;
use process::StartMethod;

use super::free_mib;
use crate::asking::{Asking, Way};
use crate::record::Why;
use crate::row::{Kind, Unit};

/// How many are started for one sample: as many as take some milliseconds.
const FORKS: u32 = 10;
const EXECS: u32 = 3;
const THREADS: u32 = 50;

/// MiB that the parent has in memory.
const SIZES: [f64; 4] = [0.0, 64.0, 256.0, 1024.0];

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let sizes = asking.pick(&SIZES[..3], &SIZES[..]);
    for &size in sizes {
        // Ours and the counterpart's.
        if 2.0 * size > free_mib() {
            asking.leave_out(None, format!("{size} MiB"), Why::TooLittleMemory);
            continue;
        }
        // Written to, or it would be no memory.
        let ballast = black_box(vec![1_u8; (size as usize) << 20]);
        let start = |method, count| {
            move |_| {
                let time = cost::start_processes(method, count)?;
                Ok(Unit::Microseconds.of(time) / f64::from(count))
            }
        };
        let threads = |_| {
            let time = cost::start_threads(THREADS)?;
            Ok(Unit::Microseconds.of(time) / f64::from(THREADS))
        };
        let ways = vec![
            Way::rust(Kind::Processes, "fork", start(StartMethod::Fork, FORKS)),
            Way::rust(Kind::Processes, "exec", start(StartMethod::Exec, EXECS)),
            Way::rust(Kind::Threads, "thread", threads),
            Way::python(Kind::Processes, "fork"),
            Way::python(Kind::Processes, "spawn"),
            Way::python(Kind::Threads, "thread"),
        ];
        let share = 1.0 / sizes.len() as f64;
        asking.compare(Unit::Microseconds, share, &[size], ways)?;
        drop(black_box(ballast));
    }
    Ok(())
}
