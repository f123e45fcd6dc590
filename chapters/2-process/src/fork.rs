//! Start by fork: the child begins as a copy of its parent, in the middle of this call.

use std::io::{Write, stderr, stdout};
use std::os::fd::AsRawFd;

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
    let outcome = outcome::new_memfd()
        .map_err(|source| SpawnError::System { call: "memfd_create", source })?;
    // Keeps one descriptor free for the pidfd. Were there none left, the child would have to be killed again,
    // after it had run a little.
    let room = outcome.try_clone();
    let room = room.map_err(|error| SpawnError::System { call: "dup", source: errno(&error) })?;
    // What is still buffered here would be copied, and printed by both.
    let _ = stdout().flush();
    let _ = stderr().flush();
    let (parent, keep) = (getpid(), child::to_keep(given, outcome.as_raw_fd()));
    // It returns twice: once in each of the two processes.
    match sys::fork_single_threaded()? {
        ForkResult::Parent { child } => {
            drop(room);
            Handle::of_new_child(child, name, outcome)
        }
        ForkResult::Child => {
            let _guard = child::ExitOnUnwind;
            if builder.die_with_parent {
                child::die_with(parent);
            }
            forget_abandoned();
            child::keep_only(&keep);
            child::run(name, target, args, &outcome)
        }
    }
}
