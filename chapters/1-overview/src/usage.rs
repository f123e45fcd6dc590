//! CPU time beside wall time: whether several cores were busy at once.

use std::num::NonZero;
use std::thread;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// From this many busy cores on, more than one was at work: the rest is allowance for measuring.
pub const SEVERAL: f64 = 1.2;

/// How often [`Usage::shown_by`] measures before it gives in.
const ATTEMPTS: usize = 5;

/// What a measured piece of work took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The CPU time of all who worked, added up.
    pub cpu: Duration,
    /// The time that passed from before the first one started until the last one was joined.
    pub wall: Duration,
}

impl Usage {
    /// How many cores were busy on average: CPU time over wall time.
    pub fn cores_busy(&self) -> f64 {
        self.cpu.as_secs_f64() / self.wall.as_secs_f64()
    }

    /// Whether more than one core was busy at a time.
    pub fn shows_several_cores(&self) -> bool {
        self.cores_busy() > SEVERAL
    }

    /// Measures until several cores were busy, a few times at most, and gives the best figures.
    ///
    /// Other programs may keep the cores busy for a moment. On one core the first measurement is as good as any.
    ///
    /// # Errors
    ///
    /// What `measure` says.
    pub fn shown_by(measure: impl Fn() -> lesson::Result<Self>) -> lesson::Result<Self> {
        let mut best = measure()?;
        for _ in 1..ATTEMPTS {
            if best.shows_several_cores() || cores() == 1 {
                break;
            }
            let again = measure()?;
            if again.cores_busy() > best.cores_busy() {
                best = again;
            }
        }
        Ok(best)
    }
}

/// How many cores this process may use: fewer than there are, if its affinity or its cgroup says so.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// The CPU time of this process so far. It begins at zero in a forked child.
pub(crate) fn process_time() -> nix::Result<Duration> {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from)
}

/// The CPU time of this thread so far.
pub(crate) fn thread_time() -> nix::Result<Duration> {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from)
}
