//! What both start methods do in the new process: run the target, leave its outcome, end.

use std::any::Any;
use std::fs::File;
use std::io::{Write, stdout};
use std::mem::forget;
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

/// Runs the target and ends this process. Never returns, so nothing of the caller's stack is ever
/// unwound or dropped here: those values are the parent's.
pub(crate) fn run<A, T: Target<A>>(name: &str, target: T, args: A, outcome: &File) -> !
where
    T::Output: Serialize,
{
    timeline::name_process(name);
    let span = timeline::span("process", name);
    let code = match catch_unwind(AssertUnwindSafe(|| target.call(args))) {
        Ok(value) => {
            let stored = store_returned(outcome, &value);
            // A destructor that panics must not undo what the target has done.
            forget(value);
            match stored {
                Ok(()) => 0,
                Err(reason) => {
                    eprintln!(
                        "{}",
                        text!("the result is lost: {reason}", "戻り値を渡せません: {reason}")
                    );
                    PANIC_EXIT_CODE
                }
            }
        }
        Err(payload) if output::is_closed_pipe(payload.as_ref()) => CLOSED_PIPE_EXIT_CODE,
        Err(payload) => {
            store_panicked(outcome, panic_message(payload.as_ref()));
            forget(payload);
            PANIC_EXIT_CODE
        }
    };
    drop(span);
    // _exit flushes nothing; what cannot be written now has nobody left to hear of it.
    let _ = stdout().flush();
    sys::exit_now(code)
}

/// Asks the kernel to kill this process when `parent` ends (`PR_SET_PDEATHSIG`).
pub(crate) fn die_with(parent: Pid) {
    // The call cannot fail with a valid signal; and if the parent ended before it, nothing would come.
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    if getppid() != parent {
        let _ = raise(Signal::SIGKILL);
    }
}

/// The text of a panic: `panic!` gives a `String` or a `&str`.
pub fn panic_message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("(the panic's payload is not a text)")
}
