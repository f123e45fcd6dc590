//! What both start methods do in the new process: run the target, leave its outcome, end.

use std::any::Any;
use std::fs::File;
use std::io::{Write, stderr, stdout};
use std::mem::forget;
use std::os::fd::{AsRawFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use lesson::{output, text, timeline};
use nix::sys::prctl;
use nix::sys::signal::{Signal, raise};
use nix::unistd::{Pid, getppid};
use serde::Serialize;

use crate::outcome::{PANIC_EXIT_CODE, store_panicked, store_returned};
use crate::{Target, sys};

/// The exit code for a child whose output nobody reads: what a shell reports for `SIGPIPE`.
const CLOSED_PIPE_EXIT_CODE: i32 = 128 + libc::SIGPIPE;

/// Made first in a new process. If a panic escapes this far, its drop ends the process, so that unwinding never reaches the
/// caller's frames: after a fork these are copies of the parent's, with the parent's values.
pub(crate) struct ExitOnUnwind;

impl Drop for ExitOnUnwind {
    fn drop(&mut self) {
        sys::exit_now(PANIC_EXIT_CODE);
    }
}

/// Runs the target and ends this process. Never returns, so nothing of the caller's stack is ever
/// unwound or dropped here: those values are the parent's.
pub(crate) fn run<A, T: Target<A>>(name: &str, target: T, args: A, outcome: &File) -> !
where
    T::Output: Serialize,
{
    timeline::name_process(name);
    let span = timeline::span("process", name);
    // Encoding is the target's own code, too, and may panic.
    let call = || {
        let value = target.call(args);
        let stored = store_returned(outcome, &value);
        // A destructor that panics must not undo what the target has done.
        forget(value);
        stored
    };
    let code = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(())) => 0,
        Ok(Err(reason)) => {
            tell(&text!("the result is lost: {reason}", "戻り値を渡せません: {reason}"));
            PANIC_EXIT_CODE
        }
        // Nobody reads the output any more: `say!` unwinds then, and there is nobody to report it to.
        Err(payload) if output::is_closed_pipe(payload.as_ref()) => CLOSED_PIPE_EXIT_CODE,
        Err(payload) => {
            let message = output::lost(payload.as_ref())
                .unwrap_or_else(|| panic_message(payload.as_ref()).to_owned());
            store_panicked(outcome, &message);
            // Its destructor is the target's own code, too.
            forget(payload);
            PANIC_EXIT_CODE
        }
    };
    drop(span);
    // _exit flushes nothing; what cannot be written now has nobody left to hear of it.
    let _ = stdout().flush();
    sys::exit_now(code)
}

/// Tells the reader on standard error. (`eprintln!` would panic if that is closed.)
pub(crate) fn tell(message: &str) {
    let _ = writeln!(stderr(), "{message}");
}

/// Asks the kernel to kill this process when the thread that started it ends (`PR_SET_PDEATHSIG(2const)`). If `parent` has
/// ended by now, it kills itself; that only the thread has, nobody tells.
pub(crate) fn die_with(parent: Pid) {
    // The call cannot fail with a valid signal. If the parent ended before it, no signal would come; but then
    // another process has adopted this one.
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    if getppid() != parent {
        let _ = raise(Signal::SIGKILL);
    }
}

/// What a new process keeps beside standard input, output and error. A fork's parent makes the list: whatever its
/// child writes to in memory, the kernel has to copy first.
pub(crate) fn to_keep(given: Vec<RawFd>, outcome: RawFd) -> Vec<RawFd> {
    let mut keep = given;
    keep.push(outcome);
    keep.extend(timeline::descriptor().map(|timeline| timeline.as_raw_fd()));
    keep.sort_unstable();
    keep
}

/// Closes everything else in the new process.
pub(crate) fn keep_only(keep: &[RawFd]) {
    if let Err(error) = sys::close_all_but(keep) {
        // A kernel older than 5.9. Going on would break the promise that pipes end.
        tell(&text!(
            "close_range failed: {error}; this needs Linux 5.9 or later",
            "close_rangeが失敗しました: {error}。Linux 5.9以降が必要です"
        ));
        sys::exit_now(PANIC_EXIT_CODE);
    }
}

/// The text of a panic that `catch_unwind` caught: `panic!` gives a `String` or a `&str`.
pub fn panic_message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("(the panic's payload is not a text)")
}
