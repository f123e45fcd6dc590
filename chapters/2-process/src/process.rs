//! The handle of a process: join it, stop it; dropped, it still sees to it that its process is reaped.

use std::fmt;
use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::mem::{forget, take};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use lesson::timeline;
use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::builder::Builder;
use crate::error::{JoinError, SpawnError};
use crate::outcome::{End, Left, PANIC_EXIT_CODE, decode, load};
use crate::ready::{Deadline, wait_ready};
use crate::sys::{self, Status};
use crate::target::Target;

/// A child process that runs a function returning `R`.
///
/// # Dropping
///
/// A process that has ended is reaped. One that still runs goes on; it is reaped by a later spawn, join or
/// drop of any `Process`, once it has ended. To end it, [`kill`](Self::kill) it before.
///
/// # Forked copies
///
/// A handle belongs to the process that made it. In a forked child its copy can do nothing: waiting
/// and signalling fail with `ECHILD`, and dropping it has no effect.
pub struct Process<R> {
    handle: Handle,
    returns: PhantomData<fn() -> R>,
}

impl<R> Process<R> {
    /// Starts a process that calls `target` with `args`, by fork: `Process::spawn(worker, (3,))`.
    ///
    /// As Python's `Process(target=worker, args=(3,))` and `start()`. See [`Builder`] for the other
    /// start method, a name, and a process that dies with its parent.
    ///
    /// # Errors
    ///
    /// See [`SpawnError`]; no process is left then, and `args` are dropped.
    pub fn spawn<A, T>(target: T, args: A) -> Result<Self, SpawnError>
    where
        A: Serialize + DeserializeOwned,
        T: Target<A, Output = R>,
        R: Serialize + DeserializeOwned,
    {
        Builder::new().spawn(target, args)
    }

    /// Its process id. After it was reaped the number may be given to another process.
    pub fn pid(&self) -> Pid {
        self.handle.pid
    }

    /// Its name: what [`Builder::name`] gave it, or `Process-` and a number.
    pub fn name(&self) -> &str {
        &self.handle.name
    }

    /// Whether it still runs. Never blocks; reaps it if it has ended.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.handle.wait(Some(Deadline::after(Duration::ZERO))), Ok(None))
    }

    /// Asks it to end: `SIGTERM`, which kills it unless it handles that. Does nothing if it has ended.
    ///
    /// # Errors
    ///
    /// What the system says: `EPERM` if it changed its user.
    pub fn terminate(&mut self) -> nix::Result<()> {
        self.signal(Signal::SIGTERM)
    }

    /// Kills it: `SIGKILL`, which no process can handle. Does nothing if it has ended.
    ///
    /// # Errors
    ///
    /// As [`terminate`](Self::terminate).
    pub fn kill(&mut self) -> nix::Result<()> {
        self.signal(Signal::SIGKILL)
    }

    /// Sends it any signal. Does nothing if it has ended: a pid that was reaped is never signalled.
    ///
    /// # Errors
    ///
    /// As [`terminate`](Self::terminate).
    pub fn signal(&mut self, signal: Signal) -> nix::Result<()> {
        self.handle.signal(signal)
    }

    /// Waits until it has ended, and says how. Blocks; may be called again, with the same answer.
    ///
    /// # Errors
    ///
    /// [`JoinError::Wait`].
    pub fn wait(&mut self) -> Result<End, JoinError> {
        sweep();
        self.handle.wait(None)?;
        self.handle.end()
    }

    /// Like [`wait`](Self::wait), at most so long: `None` if it still runs then.
    ///
    /// # Errors
    ///
    /// [`JoinError::Wait`].
    pub fn wait_timeout(&mut self, timeout: Duration) -> Result<Option<End>, JoinError> {
        self.wait_until(Deadline::after(timeout))
    }

    /// Like [`wait_timeout`](Self::wait_timeout), until a deadline that several calls may share.
    ///
    /// # Errors
    ///
    /// [`JoinError::Wait`].
    pub fn wait_until(&mut self, deadline: Deadline) -> Result<Option<End>, JoinError> {
        match self.handle.wait(Some(deadline))? {
            Some(_) => self.handle.end().map(Some),
            None => Ok(None),
        }
    }

    /// A descriptor that becomes readable when the process ends, for `poll(2)`.
    pub fn pidfd(&self) -> BorrowedFd<'_> {
        self.handle.files.pidfd.as_fd()
    }
}

impl<R: DeserializeOwned> Process<R> {
    /// Waits until it has ended and gives what its target returned. Blocks.
    ///
    /// A result of any size comes back: the child never waits for the parent to take it.
    ///
    /// # Errors
    ///
    /// [`JoinError::Ended`] if its target did not return: it panicked, exited, or was killed.
    pub fn join(mut self) -> Result<R, JoinError> {
        sweep();
        self.handle.wait(None)?;
        self.value()
    }

    /// Like [`join`](Self::join), at most so long: `None` if it still runs then.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub fn join_timeout(&mut self, timeout: Duration) -> Result<Option<R>, JoinError> {
        match self.handle.wait(Some(Deadline::after(timeout)))? {
            Some(_) => self.value().map(Some),
            None => Ok(None),
        }
    }

    /// Like [`join`](Self::join), but never blocks: `None` if it still runs.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub fn try_join(&mut self) -> Result<Option<R>, JoinError> {
        self.join_timeout(Duration::ZERO)
    }

    fn value(&mut self) -> Result<R, JoinError> {
        let handle = &mut self.handle;
        let reason = match (handle.end()?, handle.left()) {
            (End::Exited(0), Ok(Left::Returned(bytes))) => match decode(&bytes) {
                Ok(value) => return Ok(value),
                Err(reason) => reason,
            },
            (_, Ok(Left::Unstorable(reason))) => reason,
            (_, Err(error)) => error.to_string(),
            (end, _) => {
                return Err(JoinError::Ended { name: handle.name.clone(), pid: handle.pid, end });
            }
        };
        Err(JoinError::Result { name: handle.name.clone(), pid: handle.pid, reason })
    }
}

impl<R> From<Handle> for Process<R> {
    fn from(handle: Handle) -> Self {
        Self { handle, returns: PhantomData }
    }
}

impl<R> fmt::Debug for Process<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Handle { name, pid, status, .. } = &self.handle;
        formatter
            .debug_struct("Process")
            .field("name", name)
            .field("pid", &pid.as_raw())
            .field("status", status)
            .finish_non_exhaustive()
    }
}

/// What the kernel holds for us of one child.
struct Files {
    pidfd: OwnedFd,
    outcome: File,
}

/// A child, whatever it returns.
pub(crate) struct Handle {
    pid: Pid,
    name: String,
    files: Arc<Files>,
    /// How it ended, once it was reaped.
    status: Option<Status>,
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

    fn is_ours(&self) -> bool {
        self.parent == process::id()
    }

    fn signal(&self, signal: Signal) -> nix::Result<()> {
        if !self.is_ours() {
            return Err(Errno::ECHILD);
        }
        match sys::pidfd_send_signal(self.files.pidfd.as_fd(), signal as i32) {
            // It was reaped.
            Err(Errno::ESRCH) => Ok(()),
            other => other,
        }
    }

    /// Waits for the end, for ever without a deadline; `None` if the deadline came first.
    fn wait(&mut self, deadline: Option<Deadline>) -> Result<Option<Status>, JoinError> {
        if self.status.is_none() {
            let status = self.wait_for_status(deadline);
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
            Some(deadline) if wait_ready(&self.files.pidfd, PollFlags::POLLIN, deadline)? => {
                sys::reap(&self.files.pidfd, false)
            }
            Some(_) => Ok(None),
        }
    }

    fn left(&self) -> io::Result<Left> {
        load(&self.files.outcome)
    }

    /// How it ended. Only after [`wait`](Self::wait) gave a status.
    fn end(&self) -> Result<End, JoinError> {
        Ok(match self.status {
            Some(Status::Signaled(number)) => End::Signaled(number),
            Some(Status::Exited(PANIC_EXIT_CODE)) => match self.left() {
                Ok(Left::Panicked(message)) => End::Panicked(message),
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
            // The numbers in this copy may mean other files by now: close none of them.
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

/// In a forked child: the list and the files in it are the parent's.
pub(crate) fn forget_abandoned() {
    forget(take(&mut *abandoned()));
}
