//! An answer to an exercise, watched while it runs: its output, its processes, and what it leaves behind.
//!
//! An answer may be wrong in every way there is. So it runs in its own process group, under a deadline,
//! with bounded output, and its orphans become ours (`PR_SET_CHILD_SUBREAPER`), where they are seen,
//! killed and reaped.

use std::collections::BTreeSet;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};
use std::{process, thread};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use super::seen::{Seen, children_of};

/// An answer may take this long from its start to its end.
const DEADLINE: Duration = Duration::from_secs(30);
/// It may write this much, to standard output and standard error together.
const MOST_OUTPUT: usize = 64 * 1024;
/// How often `/proc` is read again, where there is nothing to wait on.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// How an answer ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status; `None` if it had to be stopped: it came to the deadline or wrote too much.
    pub status: Option<ExitStatus>,
    /// The processes that it left running. They are killed and reaped by now.
    pub orphans: Vec<u32>,
    /// What it wrote, to standard output and standard error.
    pub output: String,
}

impl Ended {
    /// Whether it ended by itself with exit code 0.
    pub fn well(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// The signal that ended it, if it was one.
    pub fn signal(&self) -> Option<i32> {
        self.status.and_then(|status| status.signal())
    }
}

/// An answer that runs. Dropped, it is stopped with all that it started.
#[derive(Debug)]
pub struct Answer {
    child: Child,
    stdin: Option<PipeWriter>,
    output: PipeReader,
    read: Vec<u8>,
    deadline: Instant,
    /// This process's children that have nothing to do with the answer.
    others: BTreeSet<u32>,
    ended: bool,
}

impl Answer {
    /// Starts it; until it is finished or dropped this process adopts the orphans among its descendants.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub fn start(mut command: Command) -> io::Result<Self> {
        set_child_subreaper(true)?;
        let others = children_of(process::id()).into_iter().map(|other| other.pid).collect();
        let (stdin, writer) = io::pipe()?;
        let (output, stdout) = io::pipe()?;
        command.stdin(stdin).stderr(stdout.try_clone()?).stdout(stdout).process_group(0);
        let child = command.spawn()?;
        let deadline = Instant::now() + DEADLINE;
        Ok(Self {
            child,
            stdin: Some(writer),
            output,
            read: Vec::new(),
            deadline,
            others,
            ended: false,
        })
    }

    /// Its pid.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The lines that it has written so far, as far as they were read, with the last one only if it is whole.
    pub fn lines(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.read);
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(str::to_owned).collect()
    }

    /// Reads its output until `enough` is content with the lines; `false` if the output ended before,
    /// became too much, or nothing was written for as long as `patience`.
    pub fn read_until(&mut self, patience: Duration, enough: impl Fn(&[String]) -> bool) -> bool {
        while !enough(&self.lines()) {
            let left = self.deadline.saturating_duration_since(Instant::now()).min(patience);
            if !self.read_more(left) {
                return false;
            }
        }
        true
    }

    fn read_more(&mut self, patience: Duration) -> bool {
        let timeout = PollTimeout::try_from(patience.as_millis()).unwrap_or(PollTimeout::MAX);
        let ready = loop {
            match poll(&mut [PollFd::new(self.output.as_fd(), PollFlags::POLLIN)], timeout) {
                Err(Errno::EINTR) => {}
                ready => break ready.is_ok_and(|ready| ready > 0),
            }
        };
        let mut buffer = [0; 4096];
        let length = if ready { self.output.read(&mut buffer).unwrap_or(0) } else { 0 };
        self.read.extend_from_slice(&buffer[..length]);
        length > 0 && self.read.len() <= MOST_OUTPUT
    }

    /// Writes to its standard input, or to whichever of its processes reads it.
    pub fn give(&mut self, bytes: &[u8]) {
        if let Some(stdin) = &mut self.stdin {
            // Nobody may be left who reads it: that is seen elsewhere.
            let _ = stdin.write_all(bytes);
        }
    }

    /// Its children once none of them runs any more, or once `patience` is over.
    pub fn settled_children(&self, patience: Duration) -> BTreeSet<Seen> {
        let until = Instant::now() + patience;
        loop {
            let children = children_of(self.pid());
            if children.iter().all(|child| child.zombie) || Instant::now() > until {
                return children;
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Closes its standard input, waits for its end, and ends and reaps what it left behind.
    pub fn finish(mut self) -> Ended {
        self.stdin = None;
        // The output ends with the last process that holds it; the answer itself may end before.
        let mut status = None;
        while status.is_none() && Instant::now() < self.deadline && self.read.len() <= MOST_OUTPUT {
            if !self.read_more(LOOK_AGAIN) {
                thread::sleep(LOOK_AGAIN);
            }
            status = self.child.try_wait().ok().flatten();
        }
        while self.read.len() <= MOST_OUTPUT && self.read_more(Duration::ZERO) {}
        let orphans = self.end_all();
        let output = String::from_utf8_lossy(&self.read).into_owned();
        Ended { status, orphans, output }
    }

    /// Ends and reaps the answer and its descendants; gives the pids of those that had outlived it.
    fn end_all(&mut self) -> Vec<u32> {
        self.ended = true;
        let _ = self.child.kill();
        let _ = self.child.wait();
        let mut orphans = Vec::new();
        // Killing one makes its own children ours: until there are none.
        loop {
            let mut adopted = children_of(process::id());
            adopted.retain(|adopted| !self.others.contains(&adopted.pid));
            if adopted.is_empty() {
                // It cannot fail with these arguments.
                let _ = set_child_subreaper(false);
                return orphans;
            }
            for Seen { pid, zombie, .. } in adopted {
                let pid_of_child = Pid::from_raw(pid as i32);
                if !zombie && !orphans.contains(&pid) {
                    orphans.push(pid);
                }
                // It is our child and not reaped, so the pid is still its own.
                let _ = kill(pid_of_child, Signal::SIGKILL);
                let _ = waitpid(pid_of_child, Some(WaitPidFlag::WNOHANG));
            }
            thread::sleep(LOOK_AGAIN);
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if !self.ended {
            self.end_all();
        }
    }
}
