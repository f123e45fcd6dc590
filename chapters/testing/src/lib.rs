//! What the chapters' tests share: a runner without threads, programs under a deadline, nothing left.
//!
//! Tests of processes cannot run under Rust's own test harness: it has a second thread even with
//! `--test-threads=1`, and `process` refuses to fork then. So they are `harness = false` programs whose
//! `main` is [`main`]: libtest-mimic on one thread, the same output and the same filters.
//!
//! - `fuzz`: [`fuzz()`], spoilt bytes for what decodes those of another process.
//! - `others`: [`Others`], what they take of this machine.
//! - `program`: [`run`] and its like: one run of a program, and what it did.
//! - `seen`: other processes, as `/proc` shows them.
//! - `sys`: what a machine may refuse a program: [`without_fork`], [`without_pidfd`],
//!   [`with_few_descriptors`], [`without_proc`].

mod fuzz;
mod others;
mod program;
mod seen;
mod sys;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::alarm;

pub use arbtest::arbitrary;
pub use fuzz::fuzz;
pub use others::Others;
pub use program::{Run, command, run, run_command, run_with_closed_stdout, run_with_stdout};
pub use sys::{with_few_descriptors, without_fork, without_pidfd, without_proc};

/// One test may take this long, on a busy machine, too; then `SIGALRM` ends the whole run, so nothing ever hangs.
const TEST_SECONDS: u32 = 300;

/// Runs the named test functions one after another on this thread: `main` of a test program.
///
/// After each one there must be no child left (not even a zombie), and the same open descriptors as before.
#[macro_export]
macro_rules! tests {
    ($($test:path),+ $(,)?) => {
        $crate::main(&[$((stringify!($test), $test as fn())),+])
    };
}

/// Runs tests; use it through [`tests!`](crate::tests).
pub fn main(tests: &[(&'static str, fn())]) -> ExitCode {
    sys::heed_signals();
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let trials = tests
        .iter()
        .map(|&(name, test)| {
            Trial::test(name, move || {
                let before = descriptors();
                alarm::set(TEST_SECONDS);
                let outcome = catch_unwind(AssertUnwindSafe(test));
                alarm::cancel();
                outcome.map_err(|payload| panic_message(payload.as_ref()).to_owned())?;
                if let Some(left) = children_left() {
                    return Err(format!("a child is left: {left}").into());
                }
                let after = descriptors();
                if after != before {
                    return Err(format!("descriptors before {before:?}, after {after:?}").into());
                }
                Ok(())
            })
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn panic_message(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panicked")
}

/// The descriptors this process has open.
pub fn descriptors() -> BTreeSet<i32> {
    let names = fs::read_dir("/proc/self/fd").expect("/proc is there");
    let mut open: BTreeSet<i32> =
        names.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    // The last one opened was the directory itself, which is closed by now.
    open.retain(|fd| fs::read_link(format!("/proc/self/fd/{fd}")).is_ok());
    open
}

/// What `waitpid` says while there is a child, running or zombie; `None` when there is none.
pub fn children_left() -> Option<String> {
    match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        Err(Errno::ECHILD) => None,
        other => Some(format!("{other:?}")),
    }
}

/// Every whole number in a line, in order: what tests compare pids by.
pub fn numbers(line: &str) -> Vec<u64> {
    line.split(|character: char| !character.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}
