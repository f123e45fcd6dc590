//! One worker that waits: KiB of memory that are its own, as the kernel counts them.

use caveats::cost;
use lesson::Result;
use process::{Process, StartMethod};

use crate::measure::{interleaved, settle};
use crate::row::{Kind, Measured, Sizes, Unit, Way};

/// So many threads are measured together: one alone may find all it needs in pages that are there already.
const THREADS: u64 = 16;

/// Measures a forked process and a thread. See [`Row::measure`](crate::Row::measure).
///
/// # Errors
///
/// As there; and a kernel before 4.14 does not count it.
pub fn measure(_: &Sizes, rounds: usize) -> Result<Measured> {
    let [by_fork, by_thread] = interleaved(
        rounds,
        [
            &mut || {
                settle();
                Ok(cost::process_memory(StartMethod::Fork)?.private as f64)
            },
            &mut by_threads,
        ],
    )?;
    let ways = vec![
        Way { kind: Kind::Processes, name: "fork".into(), spread: by_fork },
        Way { kind: Kind::Threads, name: "thread".into(), spread: by_thread },
    ];
    Ok(Measured::new(Unit::Kibibytes, ways))
}

/// What a thread adds, in a process of its own: the C library keeps the stacks of threads that have ended, for the
/// next ones.
pub(crate) fn by_threads() -> Result<f64> {
    Ok(Process::spawn(threads, ())?.join()??)
}

fn threads() -> std::result::Result<f64, String> {
    cost::thread_memory(THREADS).map_err(|error| error.to_string())
}
