//! The handle of a process: join it, stop it; dropped, it still sees to it that its process is reaped.

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::Pid;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::builder::Builder;
use crate::error::{JoinError, SpawnError};
use crate::handle::{Handle, sweep};
use crate::outcome::{End, Stored, decode};
use crate::ready::Deadline;
use crate::target::Target;

/// A child process that runs a function returning `R`.
///
/// # Dropping
///
/// If the process has ended, dropping its handle reaps it. If it still runs, it goes on; once it has ended, a later spawn,
/// [`wait`](Self::wait), [`join`](Self::join), or drop of one not known to have ended reaps it, whichever `Process` that is
/// called for. The waits with a deadline do not. To end it, [`kill`](Self::kill) it before.
///
/// # Forked copies
///
/// A handle belongs to the process that made it. In a forked child its copy can do nothing: signalling fails with `ECHILD`,
/// and so does waiting, unless the end was known before the fork (then do not join it: the result is not there); dropping it
/// has no effect.
pub struct Process<R> {
    handle: Handle,
    /// It promises an `R` and holds none, so it may go to another thread whatever `R` is.
    returns: PhantomData<fn() -> R>,
}

impl<R> Process<R> {
    /// Starts a process that calls `target` with `args`, by fork: `Process::spawn(worker, (3,))`.
    ///
    /// As Python's `Process(target=worker, args=(3,))` and `start()`. See [`Builder`] for the other
    /// start method, a name, and a process that dies with its parent. Blocks no longer than
    /// [`Builder::spawn`].
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

    /// Whether it still runs; a stopped process (`SIGSTOP`) does. Never blocks; reaps it if it has ended.
    ///
    /// `false` also where nobody can tell any more: something else reaped it, or this is a forked copy.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.handle.wait(Some(Deadline::after(Duration::ZERO))), Ok(None))
    }

    /// Asks it to end: `SIGTERM`, which kills it unless it handles that. Does nothing if it has ended.
    ///
    /// As with every signal, it is on its way when this returns: [`wait`](Self::wait) for the end.
    ///
    /// # Errors
    ///
    /// `EPERM` if it changed its user, `ECHILD` in a forked copy of the handle.
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
    /// Never blocks. Source: `pidfd_send_signal(2)`, `signal(7)`.
    ///
    /// # Errors
    ///
    /// As [`terminate`](Self::terminate).
    pub fn signal(&mut self, signal: Signal) -> nix::Result<()> {
        self.handle.signal(signal)
    }

    /// Waits until it has ended, and says how. Blocks; may be called again, with the same answer.
    ///
    /// A stopped process (`SIGSTOP`) has not ended. Signals that are handled meanwhile do not end the wait.
    ///
    /// # Errors
    ///
    /// [`JoinError::Wait`]: something else reaped it, or this is a forked copy of the handle.
    pub fn wait(&mut self) -> Result<End, JoinError> {
        sweep();
        self.handle.wait(None)?;
        self.handle.end()
    }

    /// Like [`wait`](Self::wait), at most so long: `None` if it still runs then.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait); and if `poll(2)` has no memory.
    pub fn wait_timeout(&mut self, timeout: Duration) -> Result<Option<End>, JoinError> {
        self.wait_until(Deadline::after(timeout))
    }

    /// Like [`wait_timeout`](Self::wait_timeout), until a deadline that several calls may share.
    ///
    /// # Errors
    ///
    /// As [`wait_timeout`](Self::wait_timeout).
    pub fn wait_until(&mut self, deadline: Deadline) -> Result<Option<End>, JoinError> {
        match self.handle.wait(Some(deadline))? {
            Some(_) => self.handle.end().map(Some),
            None => Ok(None),
        }
    }

    /// A descriptor that becomes readable when the process ends, for `poll(2)`. Source: `pidfd_open(2)`.
    ///
    /// Not in a forked copy: the descriptor is closed there, and its number may mean another file.
    pub fn pidfd(&self) -> BorrowedFd<'_> {
        self.handle.pidfd()
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
    /// [`JoinError::Result`] if what it returned cannot be encoded, stored or decoded.
    /// [`JoinError::Wait`] as for [`wait`](Self::wait).
    pub fn join(mut self) -> Result<R, JoinError> {
        sweep();
        self.handle.wait(None)?;
        self.value()
    }

    /// Like [`join`](Self::join), at most so long: `None` if it still runs then. The handle stays, and a
    /// later call gives the value once more.
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

    /// What its target returned. Only after a wait gave a status.
    fn value(&mut self) -> Result<R, JoinError> {
        let handle = &mut self.handle;
        // A value alone is no return: the child may have been killed after it had stored one. Nor is code 0
        // alone: the target may have called `exit(0)`.
        let reason = match (handle.end()?, handle.stored()) {
            (End::Exited(0), Ok(Stored::Returned(bytes))) => match decode(&bytes) {
                Ok(value) => return Ok(value),
                Err(reason) => reason,
            },
            (_, Ok(Stored::Unstorable(reason))) => reason,
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
