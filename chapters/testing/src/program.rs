//! One run of a program in a test: in a fixed environment, under a deadline, leaving nothing behind.

use std::fs::File;
use std::io::{self, PipeReader, Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::seen::running_in_group;

/// One run of a program may take this long.
const PROGRAM_DEADLINE: Duration = Duration::from_secs(120);

/// What one run of a program did.
#[derive(Clone, Debug)]
pub struct Run {
    /// The pid it had.
    pub pid: u32,
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
pub fn run_command(command: Command) -> Run {
    let stdout = in_memory();
    let started = Started::new(command, stdout.try_clone().expect("dup").into());
    started.finish(|| read_back(stdout))
}

/// Runs a command as [`run`] does, with another standard output: the run's own `stdout` is empty.
///
/// # Panics
///
/// As [`run`].
pub fn run_with_stdout(command: Command, stdout: impl Into<Stdio>) -> Run {
    Started::new(command, stdout.into()).finish(String::new)
}

/// Runs a command whose standard output is a pipe that is closed after `lines` lines, as by `| head -1`.
///
/// With 0 it is closed before the command starts. What was read is the run's output.
///
/// # Panics
///
/// As [`run`].
pub fn run_with_closed_stdout(command: Command, lines: usize) -> Run {
    let (reader, writer) = io::pipe().expect("pipe");
    let mut reader = (lines > 0).then_some(reader);
    let started = Started::new(command, writer.into());
    let read = reader.take().map(|reader| first_lines(reader, lines)).unwrap_or_default();
    started.finish(|| read)
}

/// A command that runs.
struct Started {
    command: Command,
    child: Child,
    stderr: File,
}

impl Started {
    fn new(mut command: Command, stdout: Stdio) -> Self {
        let stderr = in_memory();
        command.stdout(stdout).stderr(stderr.try_clone().expect("dup"));
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        // Until it gets another one, the command keeps the output open, and a pipe would not end.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self { command, child, stderr }
    }

    fn finish(self, stdout: impl FnOnce() -> String) -> Run {
        let Self { command, mut child, stderr } = self;
        let status = wait(&mut child, &command);
        let left = end_group(&child);
        let run = Run {
            pid: child.id(),
            code: status.code(),
            signal: status.signal(),
            stdout: stdout(),
            stderr: read_back(stderr),
        };
        assert!(!left, "{command:?} left a process behind: {run:#?}");
        run
    }
}

/// Reads a number of lines, at the latest until the deadline, and closes the pipe.
fn first_lines(mut reader: PipeReader, lines: usize) -> String {
    let deadline = Instant::now() + PROGRAM_DEADLINE;
    let (mut read, mut byte) = (Vec::new(), [0]);
    while read.iter().filter(|&&byte| byte == b'\n').count() < lines {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = PollTimeout::try_from(left.as_millis()).unwrap_or(PollTimeout::MAX);
        let ready = poll(&mut [PollFd::new(reader.as_fd(), PollFlags::POLLIN)], left);
        if ready == Ok(0) || reader.read(&mut byte).expect("pipe") == 0 {
            break;
        }
        read.extend(byte);
    }
    String::from_utf8_lossy(&read).into_owned()
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
    // One that was killed needs a moment to end, a longer one where others keep the cores busy. A zombie among them is
    // init's to reap, which takes its time.
    let deadline = Instant::now() + Duration::from_secs(5);
    while kill(Pid::from_raw(-(child.id() as i32)), None).is_ok() {
        if running_in_group(child.id()).is_empty() {
            return false;
        }
        if Instant::now() > deadline {
            let _ = killpg(Pid::from_raw(child.id() as i32), Signal::SIGKILL);
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

/// A file in memory for what several processes write at the same time. A memfd has no lock around its
/// position as files on disk have, so two writes could overlap: appending is what keeps each whole.
fn in_memory() -> File {
    let file = File::from(memfd_create(c"output", MFdFlags::MFD_CLOEXEC).expect("memfd_create"));
    fcntl(&file, FcntlArg::F_SETFL(OFlag::O_APPEND)).expect("fcntl");
    file
}

fn read_back(mut file: File) -> String {
    file.rewind().expect("memfd");
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).expect("memfd");
    String::from_utf8_lossy(&bytes).into_owned()
}
