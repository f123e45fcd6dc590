//! What a [`Process`](crate::Process) holds, without its type `R`: its pidfd, its outcome, its end. Dropped before its end,
//! the child is reaped later.

use std::fs::File;
use std::io;
use std::mem::{forget, take};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process;
use std::sync::{Arc, Mutex, MutexGuard};

use lesson::timeline;
use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use crate::error::{JoinError, SpawnError};
use crate::outcome::{End, PANIC_EXIT_CODE, Stored, load};
use crate::ready::{Deadline, wait_ready};
use crate::sys::{self, Status};

/// What the kernel holds for us of one child.
struct Files {
    pidfd: OwnedFd,
    /// The memfd that the child writes what it returns to: see [`outcome`](crate::outcome).
    outcome: File,
}

/// A child, whatever it returns.
pub(crate) struct Handle {
    pub(crate) pid: Pid,
    pub(crate) name: String,
    /// Shared, because a drop cannot move them out: it passes a second owner on.
    files: Arc<Files>,
    /// How it ended, once it was reaped.
    pub(crate) status: Option<Status>,
    /// The process whose child it is.
    parent: u32,
}

impl Handle {
    /// Takes charge of a child that was just started; ends it again if no pidfd can be had for it.
    pub(crate) fn of_new_child(pid: Pid, name: &str, outcome: File) -> Result<Self, SpawnError> {
        match sys::pidfd_open(pid) {
            Ok(pidfd) => {
                let files = Arc::new(Files { pidfd, outcome });
                Ok(Self { pid, name: name.to_owned(), files, status: None, parent: process::id() })
            }
            Err(source) => {
                // ESRCH: something else reaped it (SIGCHLD is ignored), so the pid may be anybody's.
                // Otherwise it is still this child's.
                if source != Errno::ESRCH {
                    let _ = kill(pid, Signal::SIGKILL);
                    while waitpid(pid, None) == Err(Errno::EINTR) {}
                }
                Err(SpawnError::System { call: "pidfd_open", source })
            }
        }
    }

    /// For `poll(2)`: readable once the child has ended.
    pub(crate) fn pidfd(&self) -> BorrowedFd<'_> {
        self.files.pidfd.as_fd()
    }

    /// `false` for the copy that a fork made: the child is a sibling there, which cannot be waited for.
    fn is_ours(&self) -> bool {
        self.parent == process::id()
    }

    /// Sends a signal; does nothing if the child has ended, reaped or not.
    pub(crate) fn signal(&self, signal: Signal) -> nix::Result<()> {
        if !self.is_ours() {
            return Err(Errno::ECHILD);
        }
        if timeline::descriptor().is_some() {
            timeline::instant_of(self.pid.as_raw() as u32, "signal", signal.as_str());
        }
        match sys::pidfd_send_signal(self.files.pidfd.as_fd(), signal as i32) {
            // It was reaped.
            Err(Errno::ESRCH) => Ok(()),
            other => other,
        }
    }

    /// Waits for the end, for ever without a deadline; `None` if the deadline came first.
    pub(crate) fn wait(&mut self, deadline: Option<Deadline>) -> Result<Option<Status>, JoinError> {
        if self.status.is_none() {
            let begun = timeline::now();
            let status = self.wait_for_status(deadline);
            timeline::waited(begun, &self.name);
            self.status = status.map_err(|source| JoinError::Wait { pid: self.pid, source })?;
            if self.status.is_some() && timeline::descriptor().is_some() {
                let end = self.end().map(|end| end.to_string()).unwrap_or_default();
                timeline::instant_of(self.pid.as_raw() as u32, "ended", &end);
            }
        }
        Ok(self.status)
    }

    fn wait_for_status(&self, deadline: Option<Deadline>) -> nix::Result<Option<Status>> {
        if !self.is_ours() {
            return Err(Errno::ECHILD);
        }
        match deadline {
            None => sys::reap(&self.files.pidfd, true),
            // `waitid(2)` has no time-out, `poll(2)` has.
            Some(deadline) if wait_ready(&self.files.pidfd, PollFlags::POLLIN, deadline)? => {
                sys::reap(&self.files.pidfd, false)
            }
            Some(_) => Ok(None),
        }
    }

    /// What the child left behind. Only after its end: before, it may be half written.
    pub(crate) fn stored(&self) -> io::Result<Stored> {
        load(&self.files.outcome)
    }

    /// How it ended. Only after [`wait`](Self::wait) gave a status.
    pub(crate) fn end(&self) -> Result<End, JoinError> {
        Ok(match self.status {
            Some(Status::Signaled(number)) => End::Signaled(number),
            Some(Status::Exited(PANIC_EXIT_CODE)) => match self.stored() {
                Ok(Stored::Panicked(message)) => End::Panicked(message),
                _ => End::Exited(PANIC_EXIT_CODE),
            },
            Some(Status::Exited(code)) => End::Exited(code),
            None => return Err(JoinError::Wait { pid: self.pid, source: Errno::EAGAIN }),
        })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if !self.is_ours() {
            // The child closed the parent's descriptors, and their numbers may mean other files by now: this
            // owner, which is never dropped, keeps them from being closed.
            forget(Arc::clone(&self.files));
        } else if self.status.is_none() {
            abandoned().push(Arc::clone(&self.files));
            sweep();
        }
    }
}

/// Children whose handles were dropped before they were reaped.
static ABANDONED: Mutex<Vec<Arc<Files>>> = Mutex::new(Vec::new());

fn abandoned() -> MutexGuard<'static, Vec<Arc<Files>>> {
    ABANDONED.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Reaps those children without a handle that have ended meanwhile. Never blocks.
pub(crate) fn sweep() {
    // Still running is Ok(None). What cannot be waited for was reaped by something else.
    abandoned().retain(|files| matches!(sys::reap(&files.pidfd, false), Ok(None)));
}

/// In a forked child: forgets the list without dropping it. `keep_only` closes the files in it by their numbers; a drop
/// after that would close whatever has got such a number since.
pub(crate) fn forget_abandoned() {
    forget(take(&mut *abandoned()));
}
