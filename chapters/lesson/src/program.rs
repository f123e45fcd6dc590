//! What every `main` of this book does around its program.

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, gettid};

use crate::options::{Given, Options, Request};
use crate::output::{is_closed_pipe, lost, stdout_is_closed};
use crate::{print_line, text, timeline};

/// What a program of this book returns: any error ends it with exit code 1 and a message.
pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The exit code for a command line that cannot be understood, as in most Unix tools.
const USAGE: u8 = 2;

/// Runs a program of this book: reads its options, runs `program`, tells errors, leaves no child.
///
/// - `--help` prints the help and ends with 0; a bad option is told on standard error: exit code 2.
/// - An error that `program` returns is told on standard error with its causes: exit code 1.
/// - When nobody reads standard output any more, the program ends quietly with 0.
/// - When it ends for any of these reasons, children that still run are killed and reaped.
pub fn run(options: Options, program: impl FnOnce(&Given) -> Result) -> ExitCode {
    let request = options.read(env::args_os().skip(1), env::var_os("LESSON_LANG"));
    let outcome = catch_unwind(AssertUnwindSafe(|| match request {
        Ok(Request::Run(given)) => {
            let _alive = timeline::begin()?;
            program(&given).map(|()| ExitCode::SUCCESS)
        }
        Ok(Request::Help(help)) => {
            print_line(help.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Err(message) => {
            tell(&message);
            Ok(ExitCode::from(USAGE))
        }
    }));
    let code = match outcome {
        Ok(Ok(code)) => return code,
        Ok(Err(_)) if stdout_is_closed() => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            tell(&with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
        Err(payload) if is_closed_pipe(payload.as_ref()) => ExitCode::SUCCESS,
        Err(payload) => match lost(payload.as_ref()) {
            Some(message) => {
                tell(&message);
                ExitCode::FAILURE
            }
            // A panic: its message is on standard error already.
            None => ExitCode::from(101),
        },
    };
    end_children();
    code
}

/// The profile this program was built with, for programs that measure: `dev` or `release`.
pub fn profile() -> &'static str {
    if cfg!(debug_assertions) { "dev (opt-level 2)" } else { "release" }
}

fn tell(message: &str) {
    // `eprintln!` would panic if standard error is closed.
    let _ = writeln!(io::stderr(), "{}: {message}", text!("error", "エラー"));
}

fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut message = error.to_string();
    let mut last = error;
    while let Some(cause) = last.source() {
        let told = cause.to_string();
        // Most of our errors tell their cause themselves.
        if !message.contains(&told) {
            message.push_str(&format!(": {told}"));
        }
        last = cause;
    }
    let hint = hint(last);
    if !message.contains(&hint) {
        message.push_str(&hint);
    }
    message
}

/// What to do about an error of the system that came here without one, such as from `std::io::pipe`.
fn hint(error: &(dyn Error + 'static)) -> String {
    let of_std = || error.downcast_ref::<io::Error>()?.raw_os_error().map(Errno::from_raw);
    match error.downcast_ref().copied().or_else(of_std) {
        Some(Errno::EMFILE) => text!(
            "; this process may not open more descriptors: see `ulimit -n`",
            "。これ以上ファイルディスクリプタを開けません: `ulimit -n`を確認してください"
        ),
        _ => String::new(),
    }
}

/// Kills and reaps what an unfinished program started.
fn end_children() {
    let listed = fs::read_to_string(format!("/proc/self/task/{}/children", gettid()));
    for pid in listed.unwrap_or_default().split_whitespace().filter_map(|pid| pid.parse().ok()) {
        // It cannot be somebody else by now: a child that ended keeps its pid until we reap it below.
        let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
    // Ends with ECHILD, when the last one is reaped.
    while waitpid(None, None).is_ok() {}
}
