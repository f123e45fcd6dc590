//! An answer that runs, seen from the check. `streams`: what goes in and comes out.

mod streams;

use std::collections::BTreeSet;
use std::env;
use std::io::{self, PipeReader, PipeWriter, pipe};
use std::os::fd::OwnedFd;
use std::process::{Child, id};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::prctl::{set_child_subreaper, set_dumpable};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::case::{Case, Folder, Input};
use crate::ended::Ended;
use crate::guard;
use crate::named::Named;
use crate::problem::{self, problem};
use crate::processes::{Descriptor, Seen, children_of, descendants_of, descriptors_of};
use crate::report::Report;
use lesson::text;

/// How much later than the answer's own deadline the guard has to have told everything.
const GRACE: Duration = Duration::from_secs(25);
/// How often `/proc` is read again where there is nothing to wait on.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// An answer that runs. Dropped, it is ended with all that it started.
#[derive(Debug)]
pub struct Running {
    guard: Child,
    /// The guard ends the answer when this is closed.
    lifeline: Option<PipeWriter>,
    report: PipeReader,
    told: Vec<u8>,
    stdin: Option<PipeWriter>,
    /// What standard input still has to be given.
    to_give: Vec<u8>,
    close_when_given: bool,
    stdout: Option<PipeReader>,
    stderr: Option<PipeReader>,
    out: Vec<u8>,
    err: Vec<u8>,
    too_much: bool,
    case: Case,
    folder: Option<Folder>,
    deadline: Instant,
    /// This process's children that have nothing to do with the answer.
    others: BTreeSet<u32>,
    named: Named,
    over: bool,
}

impl Running {
    pub(crate) fn start(case: &Case, folder: Folder) -> io::Result<Self> {
        // Should the guard be killed, what it watched becomes ours.
        set_child_subreaper(true)?;
        // Nor may the answer look into this process: others of this user may not.
        let _ = set_dumpable(false);
        let others = children_of(id()).into_iter().map(|other| other.pid).collect();
        let named = Named::now();
        let ((to_guard, lifeline), (report, telling)) = (pipe()?, pipe()?);
        let ((read_in, stdin), (stdout, write_out), (stderr, write_err)) =
            (pipe()?, pipe()?, pipe()?);
        // A program that does not read its input must not block the checker.
        fcntl(&stdin, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        let (to_guard, telling) = (OwnedFd::from(to_guard), OwnedFd::from(telling));
        let mut command = guard::command(&case.limits, &to_guard, &telling)?;
        let asked = env::vars_os().filter(|(name, _)| name == "PATH" || name == "HOME");
        let asked: Vec<_> = asked.collect();
        let ours: Vec<_> =
            command.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
        command.env_clear().envs(asked).env("TMPDIR", folder.path());
        command.envs(ours.into_iter().filter_map(|(name, value)| Some((name, value?))));
        command.envs(&case.environment).env("LESSON_LANG", lesson::language().name());
        command.arg(&case.program).args(&case.arguments).current_dir(folder.path());
        let guard = command.stdin(read_in).stdout(write_out).stderr(write_err).spawn()?;
        // The command holds the other ends.
        drop(command);
        let (to_give, close_when_given) = match &case.input {
            Input::Bytes(bytes) => (bytes.clone(), true),
            Input::Open => (Vec::new(), false),
        };
        let deadline = Instant::now() + case.limits.deadline + GRACE;
        let mut running = Self {
            guard,
            lifeline: Some(lifeline),
            report,
            told: Vec::new(),
            stdin: Some(stdin),
            to_give,
            close_when_given,
            stdout: Some(stdout),
            stderr: Some(stderr),
            out: Vec::new(),
            err: Vec::new(),
            too_much: false,
            case: case.clone(),
            folder: Some(folder),
            deadline,
            others,
            named,
            over: false,
        };
        running.give_more();
        Ok(running)
    }

    /// The pid of its main process, once it is there.
    pub fn pid(&self) -> Option<u32> {
        let guard = self.guard.id();
        let children = children_of(guard).into_iter();
        // The first process in its own group: orphans that the guard has adopted are in that group too.
        children.filter(|it| it.pid == it.group).map(|it| it.pid).min()
    }

    /// Its processes at this moment, the main one first.
    pub fn processes(&self) -> Vec<Seen> {
        descendants_of(self.guard.id())
    }

    /// The children of its main process at this moment, zombies among them.
    pub fn children(&self) -> Vec<Seen> {
        self.pid().map(children_of).unwrap_or_default()
    }

    /// The descriptors that one of its processes has open.
    pub fn descriptors(&self, pid: u32) -> Vec<Descriptor> {
        descriptors_of(pid)
    }

    /// The whole lines that it has written to standard output so far, as far as they were read.
    pub fn lines(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.out);
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(str::to_owned).collect()
    }

    /// Reads its output until `enough` is content with the lines. `false` if it is over, or nothing was written for
    /// as long as `patience` in seconds.
    pub fn until(&mut self, patience: u64, enough: impl Fn(&[String]) -> bool) -> bool {
        let patience = Duration::from_secs(patience);
        let mut last = Instant::now();
        let mut length = self.out.len();
        loop {
            if enough(&self.lines()) {
                return true;
            }
            if self.over || last.elapsed() > patience {
                return false;
            }
            self.read_more(patience.saturating_sub(last.elapsed()));
            if self.out.len() != length {
                (last, length) = (Instant::now(), self.out.len());
            }
        }
    }

    /// The first line that `wanted` holds for, as soon as it is there; `None` as in [`until`](Self::until), after 10 seconds.
    pub fn line(&mut self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        self.until(10, |lines| lines.iter().any(|line| wanted(line)));
        self.lines().into_iter().find(|line| wanted(line))
    }

    /// Injects a fault: when a line is there that `announces` a process (`… PID: 123 …`), sends that process SIGKILL.
    /// Gives the line; `None` if there was none, or the process is none of the answer's.
    pub fn kill_when(&mut self, announces: impl Fn(&str) -> bool) -> Option<String> {
        let line = self.line(announces)?;
        self.signal(pid_in(&line)?, Signal::SIGKILL).then_some(line)
    }

    /// Sends a signal to one of its processes. `false` if it is none of them, or has ended.
    pub fn signal(&self, pid: u32, signal: Signal) -> bool {
        let ours = self.processes().iter().any(|it| it.pid == pid && !it.is_zombie());
        ours && kill(Pid::from_raw(pid as i32), signal).is_ok()
    }

    /// Waits until `wanted` holds for its processes; `false` after `patience` seconds, or when it is over.
    pub fn until_processes(&mut self, patience: u64, wanted: impl Fn(&[Seen]) -> bool) -> bool {
        let until = Instant::now() + Duration::from_secs(patience);
        loop {
            if wanted(&self.processes()) {
                return true;
            }
            if self.over || Instant::now() > until {
                return false;
            }
            self.read_more(LOOK_AGAIN);
        }
    }

    /// Gives its processes something to read from standard input. Never blocks.
    pub fn give(&mut self, bytes: impl AsRef<[u8]>) {
        self.to_give.extend_from_slice(bytes.as_ref());
        self.give_more();
    }

    /// The end of its standard input, after what was given.
    pub fn close_stdin(&mut self) {
        self.close_when_given = true;
        self.give_more();
    }

    /// Waits for its end. Closes its standard input first. Blocks no longer than its deadline and the moment that ending it takes.
    pub fn finish(mut self) -> Ended {
        self.close_stdin();
        while !self.over {
            self.read_more(Duration::from_millis(500));
        }
        // Everything is gone that could write: what is left in the pipes is all.
        for _ in 0..64 {
            if self.stdout.is_none() && self.stderr.is_none() {
                break;
            }
            self.read_more(Duration::ZERO);
        }
        let attacked = self.told.is_empty();
        self.end();
        let report: Report = postcard::from_bytes(&self.told).unwrap_or_default();
        let stderr = String::from_utf8_lossy(&self.err).into_owned();
        let mut problems = Vec::new();
        if self.too_much {
            let most = self.case.most_output;
            problems.push(problem(
                "output",
                text!(
                    "too much output: more than {most} bytes",
                    "出力が多すぎます: {most}バイトを超えました"
                ),
            ));
        } else if attacked {
            problems.push(problem(
                "failed",
                text!(
                    "it ended or stopped the process that watched over it",
                    "見張りのプロセスを終了または停止させました"
                ),
            ));
        }
        if !attacked {
            problems.extend(problem::of_report(&report, &stderr));
        }
        problems.extend(self.named.leaked());
        problems.retain(|it| !self.case.allowed.contains(&it.name));
        let stdout = String::from_utf8_lossy(&self.out).into_owned();
        Ended { stdout, stderr, report, problems, folder: self.folder.take() }
    }
}

/// The pid that a line tells: the number after `PID: ` or `PID `.
pub fn pid_in(line: &str) -> Option<u32> {
    let after = line.split_once("PID")?.1.trim_start_matches([':', ' ']);
    let end = after.find(|it: char| !it.is_ascii_digit()).unwrap_or(after.len());
    after[..end].parse().ok()
}
