//! Many waits at the same time, by a process and by a thread for each: milliseconds until all are over.
//!
//! The same as the row [`io_bound`], for several numbers of waits.

use lesson::Result;
use queue::{Sender, pipe};

use super::free_mib;
use crate::asking::{Asking, Way};
use crate::record::{Language, Why};
use crate::row::{Kind, Sizes, Unit};
use crate::rows::io_bound;

/// How many waits there are at the same time.
const WAITS: [f64; 3] = [10.0, 100.0, 1000.0];
/// What a Python process needs, in MiB, with room to spare.
const PYTHON_PROCESS: f64 = 4.0;

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    // A server that never answers: nobody sends into this pipe, and it does not end either.
    let (server, replies) = pipe::<()>()?;
    let sizes = |waits: f64| Sizes { waits: waits as usize, ..Sizes::default() };
    let replies = &replies;
    // A thousand Python processes take seconds: too long for a short run.
    let most = asking.pick(WAITS[1], WAITS[2]);
    let room = free_mib() / PYTHON_PROCESS;
    if asking.python.is_some() && room < most {
        asking.leave_out(Some(Language::Python), Kind::Processes.name(), Why::TooLittleMemory);
    }
    let ways = vec![
        Way::rust(Kind::Processes, "fork", move |waits| {
            io_bound::timed(replies, &sizes(waits), io_bound::by_processes)
        }),
        Way::rust(Kind::Threads, "thread", move |waits| {
            io_bound::timed(replies, &sizes(waits), io_bound::by_threads)
        }),
        Way::python(Kind::Processes, "fork").up_to(most.min(room)),
        Way::python(Kind::Threads, "thread"),
    ];
    asking.compare(Unit::Milliseconds, 1.0, &WAITS, ways)?;
    drop::<Sender<()>>(server);
    Ok(())
}
