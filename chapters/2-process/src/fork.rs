//! Start by fork: the child begins as a copy of its parent, in the middle of this call.

use std::io::{Write, stderr, stdout};
use std::os::fd::{AsRawFd, RawFd};

use lesson::{text, timeline};
use nix::unistd::{ForkResult, getpid};
use serde::Serialize;

use crate::builder::Builder;
use crate::error::errno;
use crate::handle::{Handle, forget_abandoned};
use crate::{SpawnError, Target, child, descriptor, outcome, sys};

/// Forks a child that runs `target`. See [`StartMethod::Fork`](crate::StartMethod::Fork).
pub(crate) fn start<A, T>(
    builder: &Builder,
    name: &str,
    target: T,
    args: A,
) -> Result<Handle, SpawnError>
where
    A: Serialize,
    T: Target<A>,
    T::Output: Serialize,
{
    // The arguments reach the child as memory; they are encoded into nothing, to find their descriptors.
    let (encoded, given) = descriptor::collect(|| postcard::experimental::serialized_size(&args));
    encoded.map_err(|source| SpawnError::Args { source })?;
    let outcome =
        outcome::channel().map_err(|source| SpawnError::System { call: "memfd_create", source })?;
    // Room for the pidfd: without it the child would have to be killed again, after it had run a little.
    let room = outcome.try_clone();
    let room = room.map_err(|error| SpawnError::System { call: "dup", source: errno(&error) })?;
    // What is still buffered here would be copied, and printed by both.
    let _ = stdout().flush();
    let _ = stderr().flush();
    let parent = getpid();
    match sys::fork_single_threaded()? {
        ForkResult::Parent { child } => {
            drop(room);
            Handle::of_new_child(child, name, outcome)
        }
        ForkResult::Child => {
            let _guard = child::NeverReturns;
            if builder.die_with_parent {
                child::die_with(parent);
            }
            forget_abandoned();
            keep_only(given, outcome.as_raw_fd());
            child::run(name, target, args, &outcome)
        }
    }
}

/// Closes, in a new child, everything it was not given.
pub(crate) fn keep_only(given: Vec<RawFd>, outcome: RawFd) {
    let mut keep = given;
    keep.push(outcome);
    keep.extend(timeline::descriptor().map(|timeline| timeline.as_raw_fd()));
    if let Err(error) = sys::close_all_but(&mut keep) {
        // A kernel older than 5.9. Going on would break the promise that pipes end.
        child::tell(&text!(
            "close_range failed: {error}; this needs Linux 5.9 or later",
            "close_rangeが失敗しました: {error}。Linux 5.9以降が必要です"
        ));
        sys::exit_now(outcome::PANIC_EXIT_CODE);
    }
}
