//! Ending whatever an answer has left.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpgid};

use crate::cage::Cage;
use crate::processes::{children_pids, look};
use crate::sys;

/// How long it is tried.
const INSIST: Duration = Duration::from_secs(15);

/// Ends and reaps all children of this process but `others`, and all that they have started, until none is left.
/// Gives the pids of those that would not end.
///
/// The cage ends all that is in it at once, where the system has one for us. Else it is a race with whoever forks: a
/// group of processes is ended as a whole, which leaves none of them a moment to fork; then each child by its pid, which
/// is its own until it is reaped here; then their descendants, each held by a descriptor before it is asked whose
/// child it is, so that no stranger with the same pid is meant.
pub(crate) fn end_children(group: Option<Pid>, cage: &Cage, others: &BTreeSet<u32>) -> Vec<u32> {
    let me = std::process::id();
    let own_group = getpgid(None).map_or(0, Pid::as_raw);
    let until = Instant::now() + INSIST;
    if let Some(group) = group {
        let _ = killpg(group, Signal::SIGKILL);
    }
    loop {
        cage.kill();
        let mut children = children_pids(me);
        children.retain(|child| !others.contains(child));
        if children.is_empty() {
            return Vec::new();
        }
        if Instant::now() > until {
            return children.into_iter().collect();
        }
        for &child in &children {
            let pid = Pid::from_raw(child as i32);
            let _ = kill(pid, Signal::SIGKILL);
        }
        for &child in &children {
            end_descendants(child);
            // A group whose leader this child is: it is not ours, and nobody else's.
            let pid = Pid::from_raw(child as i32);
            if getpgid(Some(pid)) == Ok(pid) && pid.as_raw() != own_group {
                let _ = killpg(pid, Signal::SIGKILL);
            }
            let ended = waitpid(pid, Some(WaitPidFlag::WNOHANG | WaitPidFlag::__WALL));
            if let Ok(WaitStatus::PtraceEvent(..) | WaitStatus::Stopped(..)) = ended {
                // The main process stops once more on its way out.
                let _ = ptrace::cont(pid, None);
            }
        }
        // What was killed needs a processor to end.
        thread::sleep(Duration::from_micros(200));
    }
}

/// Kills the descendants of a child of this process.
fn end_descendants(child: u32) {
    let mut parents = vec![child];
    while let Some(parent) = parents.pop() {
        for pid in children_pids(parent) {
            let Ok(process) = File::open(format!("/proc/{pid}")) else { continue };
            if look(pid).is_some_and(|it| it.parent == parent) {
                // The folder in /proc is as good as a pidfd: a descriptor of this process, and of no later one.
                sys::kill_process(process.as_raw_fd());
                parents.push(pid);
            }
        }
    }
}
