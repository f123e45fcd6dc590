//! What the chapters' tests share: a runner without threads, programs under a deadline, nothing left.
//!
//! Tests of processes cannot run under Rust's own test harness: it has a second thread even with
//! `--test-threads=1`, and `process` refuses to fork then. So they are `harness = false` programs whose
//! `main` is [`main`]: libtest-mimic on one thread, the same output and the same filters.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, alarm};

/// One test may take this long; then `SIGALRM` ends the whole run, so nothing ever hangs.
const TEST_SECONDS: u32 = 120;
/// One run of a program may take this long.
const PROGRAM_DEADLINE: Duration = Duration::from_secs(60);

/// Runs the named test functions one after another on this thread: `main` of a test program.
///
/// After each one there must be no child left (not even a zombie), and the same open descriptors as before.
#[macro_export]
macro_rules! tests {
    ($($test:path),+ $(,)?) => {
        $crate::testing::main(&[$((stringify!($test), $test as fn())),+])
    };
}

/// Runs tests; use it through [`tests!`](crate::tests).
pub fn main(tests: &[(&'static str, fn())]) -> ExitCode {
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

/// What one run of a program did.
#[derive(Clone, Debug)]
pub struct Run {
    /// The exit code, or `None` if a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Run {
    /// The lines of standard output.
    pub fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    /// This run, if it ended with exit code 0 and wrote nothing to standard error.
    ///
    /// # Panics
    ///
    /// Otherwise, with all that it wrote.
    pub fn succeeded(self) -> Self {
        assert!(self.code == Some(0) && self.stderr.is_empty(), "it failed: {self:#?}");
        self
    }

    /// This run, if it failed with `code` and a message on standard error that contains `hint`.
    ///
    /// # Panics
    ///
    /// Otherwise, with all that it wrote.
    pub fn failed(self, code: i32, hint: &str) -> Self {
        assert!(
            self.code == Some(code) && self.stderr.contains(hint),
            "expected {hint:?}: {self:#?}"
        );
        self
    }
}

/// Runs a program to its end in a fixed environment, in its own process group, under a deadline.
///
/// # Panics
///
/// If it cannot be started, outlives the deadline, or leaves a process behind.
pub fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Run {
    run_command(command(program, arguments))
}

/// The command that [`run`] runs, to be changed before [`run_command`] runs it.
pub fn command(program: impl AsRef<Path>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program.as_ref());
    // What the reader has set must not change what a test sees; PATH is for python3 and the like.
    command
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "HOME"));
    command.args(arguments).stdin(Stdio::null()).process_group(0);
    command
}

/// Runs a command as [`run`] does. Its output goes to memory, so it never waits for a reader.
///
/// # Panics
///
/// As [`run`].
pub fn run_command(mut command: Command) -> Run {
    let (mut stdout, mut stderr) = (in_memory(), in_memory());
    command.stdout(stdout.try_clone().expect("dup")).stderr(stderr.try_clone().expect("dup"));
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let status = wait(&mut child, &command);
    let left = end_group(&child);
    let run = Run {
        code: status.code(),
        signal: status.signal(),
        stdout: read_back(&mut stdout),
        stderr: read_back(&mut stderr),
    };
    assert!(!left, "{command:?} left a process behind: {run:#?}");
    run
}

fn wait(child: &mut Child, command: &Command) -> std::process::ExitStatus {
    let deadline = Instant::now() + PROGRAM_DEADLINE;
    loop {
        if let Some(status) = child.try_wait().expect("it is our child") {
            return status;
        }
        if Instant::now() > deadline {
            let _ = killpg(Pid::from_raw(child.id() as i32), Signal::SIGKILL);
            let _ = child.wait();
            panic!("{command:?} did not end within {PROGRAM_DEADLINE:?}");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Kills what is left of the child's process group; says whether anything was.
fn end_group(child: &Child) -> bool {
    let group = Pid::from_raw(-(child.id() as i32));
    // An orphan that was killed is a zombie for the moment that init takes to reap it.
    let deadline = Instant::now() + Duration::from_millis(500);
    while kill(group, None).is_ok() {
        if Instant::now() > deadline {
            let _ = kill(group, Signal::SIGKILL);
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

fn in_memory() -> File {
    memfd_create(c"output", MFdFlags::MFD_CLOEXEC).expect("memfd_create").into()
}

fn read_back(file: &mut File) -> String {
    file.rewind().expect("memfd");
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).expect("memfd");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every whole number in a line, in order: what tests compare pids by.
pub fn numbers(line: &str) -> Vec<u64> {
    line.split(|character: char| !character.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}
