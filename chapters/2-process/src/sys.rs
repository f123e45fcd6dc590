//! The only unsafe code of this crate: system calls that `nix` does not wrap, and the fork itself.
#![expect(unsafe_code, reason = "raw system calls and fork(2)")]

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::unistd::{ForkResult, Pid};

use crate::error::SpawnError;

/// Forks, after making sure that this process has one thread: only then may the child do more than
/// call `exec` (`fork(2)`, `signal-safety(7)`).
pub(crate) fn fork_single_threaded() -> Result<ForkResult, SpawnError> {
    let threads = count_threads()?;
    if threads > 1 {
        return Err(SpawnError::Threads { threads });
    }
    // SAFETY: the only thread of this process is the one that forks, so no lock is held by a thread that
    // the child does not have.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that forks")]
    let forked = unsafe { nix::unistd::fork() };
    forked.map_err(|source| SpawnError::System { call: "fork", source })
}

/// Counts the threads of this process, and waits up to 10 ms if it is more than one: a thread that was joined
/// has not always left the kernel's list yet (the joiner is woken a moment before).
fn count_threads() -> Result<usize, SpawnError> {
    let count = || -> io::Result<usize> {
        // Its number of links is two and one for each folder in it, here one a thread (`proc_pid_task(5)`). Where
        // that is not so (not every kernel is Linux's own), the folders are counted, which takes three times as long.
        match fs::metadata("/proc/self/task")?.nlink() {
            links @ 3.. => Ok(links as usize - 2),
            _ => Ok(fs::read_dir("/proc/self/task")?.count()),
        }
    };
    let mut threads = count().map_err(cannot_count)?;
    for _ in 0..40 {
        if threads == 1 {
            break;
        }
        thread::sleep(Duration::from_micros(250));
        threads = count().map_err(cannot_count)?;
    }
    Ok(threads)
}

/// A `/proc` that cannot be opened for want of a descriptor or of memory is there all the same.
fn cannot_count(source: io::Error) -> SpawnError {
    match source.raw_os_error().map(Errno::from_raw) {
        Some(source @ (Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM)) => {
            SpawnError::System { call: "open(/proc/self/task)", source }
        }
        _ => SpawnError::NoProc { source },
    }
}

/// Ends this process at once: no destructors, no `atexit` handlers, nothing flushed (`_exit(2)`).
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: _exit has no preconditions, and nothing runs in this process after it.
    unsafe { libc::_exit(code) }
}

/// Takes ownership of a descriptor that came to this process by number.
pub(crate) fn adopt(number: RawFd) -> OwnedFd {
    // SAFETY: a re-executed child owns the descriptors its parent listed for it, and `descriptor` and
    // `exec` take each number off that list before they come here, so it has one owner.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// Marks a descriptor close-on-exec, as every other one in a Rust program is: what this process was handed
/// over must not leak into programs that it runs itself.
pub(crate) fn close_on_exec(descriptor: BorrowedFd<'_>) -> nix::Result<()> {
    // SAFETY: the descriptor is open while it is borrowed, and F_SETFD takes a number.
    let result = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
    Errno::result(result).map(drop)
}

/// The last of the numbers of standard input, output and error.
pub(crate) const STANDARD: RawFd = 2;

/// A second descriptor for the same open file, with a number beyond [`STANDARD`] (`F_DUPFD_CLOEXEC(2const)`).
pub(crate) fn move_up(descriptor: BorrowedFd<'_>) -> nix::Result<OwnedFd> {
    fcntl(descriptor, FcntlArg::F_DUPFD_CLOEXEC(STANDARD + 1)).map(adopt)
}

/// Closes every descriptor except standard input, output, error and those in `keep`, in ascending order
/// (`close_range(2)`).
pub(crate) fn close_all_but(keep: &[RawFd]) -> nix::Result<()> {
    let mut next = STANDARD + 1;
    for &kept in keep.iter().filter(|&&kept| kept > STANDARD) {
        close_range(next, kept - 1)?;
        next = kept + 1;
    }
    close_range(next, RawFd::MAX)
}

fn close_range(first: RawFd, last: RawFd) -> nix::Result<()> {
    if first > last {
        return Ok(());
    }
    // SAFETY: this runs in a new process that never returns into the code that owns these descriptors, so
    // nobody closes them after this. (A target that reaches into a `static` for a file finds it closed, as
    // documented: what it needs has to be in its arguments.)
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    Errno::result(result).map(drop)
}

/// A descriptor that means this one process, whatever becomes of its pid (`pidfd_open(2)`).
pub(crate) fn pidfd_open(pid: Pid) -> nix::Result<OwnedFd> {
    // SAFETY: a plain system call on numbers.
    let number = unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) };
    // A new pidfd is close-on-exec.
    Errno::result(number).map(|number| adopt(number as RawFd))
}

/// Sends a signal to that one process; `ESRCH` if it was reaped (`pidfd_send_signal(2)`).
pub(crate) fn pidfd_send_signal(pidfd: BorrowedFd<'_>, signal: i32) -> nix::Result<()> {
    let no_info = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: the descriptor is open while it is borrowed, and a null info asks for an ordinary signal.
    let result = unsafe {
        libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, no_info, 0)
    };
    Errno::result(result).map(drop)
}

/// What the kernel says of a process that ended; an [`End`](crate::End) says more, from what the child left.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Status {
    Exited(i32),
    Signaled(i32),
}

/// Reaps the process if it has ended (`waitid(2)`). Blocks until then, if asked to; `None` if it still runs.
///
/// `nix` wraps `waitid(2)` too, but loses the end of a process that a real-time signal killed.
pub(crate) fn reap(pidfd: impl AsFd, block: bool) -> nix::Result<Option<Status>> {
    let id = pidfd.as_fd().as_raw_fd() as libc::id_t;
    let options = libc::WEXITED | if block { 0 } else { libc::WNOHANG };
    loop {
        // SAFETY: siginfo_t is plain data, for which zero bytes are a value.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: `info` lives across the call, which fills it in.
        let result = unsafe { libc::waitid(libc::P_PIDFD, id, &raw mut info, options) };
        match Errno::result(result) {
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        // SAFETY: waitid filled in the fields for a child, or left them zero.
        let pid = unsafe { info.si_pid() };
        if pid == 0 {
            return Ok(None);
        }
        // SAFETY: as above.
        let status = unsafe { info.si_status() };
        let exited = info.si_code == libc::CLD_EXITED;
        return Ok(Some(if exited { Status::Exited(status) } else { Status::Signaled(status) }));
    }
}
