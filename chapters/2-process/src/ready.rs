//! Waiting until a descriptor is ready, with a deadline.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How long a call may wait: until a moment of the monotonic clock ([`Instant`]), or for ever.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No limit.
    pub const NEVER: Self = Self(None);

    /// `timeout` from now. One that is too long to be added to the clock is no limit.
    pub fn after(timeout: Duration) -> Self {
        Self(Instant::now().checked_add(timeout))
    }

    /// Whether there is no limit.
    pub fn is_never(self) -> bool {
        self.0.is_none()
    }

    /// Whether the moment has come.
    pub fn has_passed(self) -> bool {
        self.0.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// How long until then: zero once it has passed, the longest duration if there is no limit.
    pub fn time_left(self) -> Duration {
        self.0.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// For `poll(2)`: the time left in milliseconds, rounded up so that a wait never ends too early.
    pub fn poll_timeout(self) -> PollTimeout {
        let Some(deadline) = self.0 else { return PollTimeout::NONE };
        let left = deadline.saturating_duration_since(Instant::now());
        PollTimeout::try_from(left.as_micros().div_ceil(1000)).unwrap_or(PollTimeout::MAX)
    }
}

/// Waits until `descriptor` is ready for one of `events` (or failed, or was hung up); `false` if the
/// deadline came first. A signal that is handled meanwhile does not end the wait.
///
/// Blocks. A dead peer ends the wait: a pidfd is ready once its process has ended, a pipe or socket once no
/// process, this one included, holds its other end open.
///
/// # Errors
///
/// What `poll(2)` says: `ENOMEM`, or `EINVAL` if the process may not have that many descriptors.
pub fn wait_ready(
    descriptor: impl AsFd,
    events: PollFlags,
    deadline: Deadline,
) -> nix::Result<bool> {
    let mut watched = [PollFd::new(descriptor.as_fd(), events)];
    loop {
        match poll(&mut watched, deadline.poll_timeout()) {
            // Also a wait longer than poll can express ends here: look at the clock.
            Ok(0) if deadline.has_passed() => return Ok(false),
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error),
        }
    }
}
