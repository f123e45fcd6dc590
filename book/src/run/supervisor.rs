//! The process beside a run: it starts the program, outlives it, and ends all that came of it.
//!
//! A process group is not enough to find what a program started: `setsid` leaves it. A child *subreaper*
//! (`PR_SET_CHILD_SUBREAPER`, `prctl(2)`) becomes the parent of every orphan below it, so killing our children
//! until there are none reaches each of them. Only we reap them, so no pid that we kill can be somebody else.
//!
//! The other end is [`runner`](super::runner): standard input is a pipe on which nothing is ever written, and
//! whose end means "kill"; standard output is what the program writes; on standard error goes the [`Report`].

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Result;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, gettid};
use serde::{Deserialize, Serialize};

/// What to run.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    program: PathBuf,
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// How the run ended.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Report {
    /// The program's exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// How many processes were still running when it had ended by itself.
    pub left: usize,
    /// Why it could not be started.
    pub error: Option<String>,
}

/// Runs a program until it ends or standard input does, kills what is left, and reports.
///
/// # Errors
///
/// The system refuses something that it never should, such as a signalfd.
pub fn run(Arguments { program, arguments }: &Arguments) -> Result<ExitCode> {
    prctl::set_child_subreaper(true)?;
    // Both of its streams into one pipe: in the order of writing, as on a terminal.
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(io::stdout().as_fd().try_clone_to_owned()?)
        .process_group(0)
        .spawn();
    let report = match started {
        Ok(child) => supervise(Pid::from_raw(i32::try_from(child.id())?))?,
        Err(error) => {
            Report { error: Some(format!("{}: {error}", program.display())), ..Report::default() }
        }
    };
    writeln!(io::stderr(), "{}", serde_json::to_string(&report)?)?;
    Ok(ExitCode::SUCCESS)
}

fn supervise(program: Pid) -> Result<Report> {
    // Only now: a child would inherit the blocked signal. One that is gone already is found by the first wait.
    let deaths = SigSet::from(Signal::SIGCHLD);
    deaths.thread_block()?;
    let deaths = SignalFd::with_flags(&deaths, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
    let stdin = io::stdin();
    let mut report = Report::default();
    loop {
        if let Some(status) = reap_until(program)? {
            report.set(status);
            report.left = end_all(program)?.1;
            return Ok(report);
        }
        let mut watched = [
            PollFd::new(deaths.as_fd(), PollFlags::POLLIN),
            PollFd::new(stdin.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut watched, PollTimeout::NONE) {
            Err(Errno::EINTR) => continue,
            other => other?,
        };
        if watched[1].any().unwrap_or(true) {
            if let Some(status) = end_all(program)?.0 {
                report.set(status);
            }
            return Ok(report);
        }
        while deaths.read_signal()?.is_some() {}
    }
}

/// Reaps whoever has ended; gives the program's status if it was among them.
fn reap_until(program: Pid) -> Result<Option<WaitStatus>> {
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return Ok(None),
            Ok(status) if status.pid() == Some(program) => return Ok(Some(status)),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Kills and reaps every child until there is none; gives the program's status, and how many others had to be killed.
fn end_all(program: Pid) -> Result<(Option<WaitStatus>, usize)> {
    let (mut status, mut killed) = (None, 0);
    loop {
        let children = fs::read_to_string(format!("/proc/self/task/{}/children", gettid()))?;
        for child in children.split_whitespace().filter_map(|pid| pid.parse().ok()) {
            // One that has ended keeps its pid until it is reaped below.
            let _ = kill(Pid::from_raw(child), Signal::SIGKILL);
        }
        // Orphans become our children before their parent can be reaped: each turn of this loop sees them.
        match waitpid(None, None) {
            Ok(of_program) if of_program.pid() == Some(program) => status = Some(of_program),
            Ok(WaitStatus::Signaled(_, Signal::SIGKILL, _)) => killed += 1,
            Ok(_) | Err(Errno::EINTR) => {}
            Err(Errno::ECHILD) => return Ok((status, killed)),
            Err(error) => return Err(error.into()),
        }
    }
}

impl Report {
    fn set(&mut self, status: WaitStatus) {
        match status {
            WaitStatus::Exited(_, code) => self.code = Some(code),
            WaitStatus::Signaled(_, signal, _) => self.signal = Some(signal as i32),
            _ => {}
        }
    }
}
