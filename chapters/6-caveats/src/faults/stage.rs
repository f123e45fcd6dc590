//! Where a fault happens: a process of its own, watched, with a deadline.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use lesson::text;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, dup2_stderr, setpgid};
use process::{Builder, Target};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::catalogue::{FAULTS, Fault};
use super::seen::{children, runs, within};

/// What takes longer than this, hangs; but for a fault that moves gigabytes.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Who was killed, or saw its parent end, needs a moment to end.
const MOMENT: Duration = Duration::from_secs(1);

/// What a fault gives: what it saw, or an error, which is a broken promise.
pub type Seen = lesson::Result<String>;

/// What a fault is given, to tell more than its result.
#[derive(Debug)]
pub struct Stage {
    notes: Vec<String>,
    stderr: File,
}

impl Stage {
    /// Standard error of this process and its children goes to memory from here on.
    fn open() -> lesson::Result<Self> {
        let stderr = File::from(memfd_create(c"stderr", MFdFlags::MFD_CLOEXEC)?);
        fcntl(&stderr, FcntlArg::F_SETFL(OFlag::O_APPEND))?;
        dup2_stderr(&stderr)?;
        Ok(Self { notes: Vec::new(), stderr })
    }

    /// Keeps a line for the reader, such as an error as it is worded.
    pub(super) fn note(&mut self, line: impl ToString) {
        self.notes.push(line.to_string());
    }

    /// What was written to standard error so far.
    pub(super) fn stderr(&self) -> lesson::Result<String> {
        let mut bytes = vec![0; self.stderr.metadata()?.len() as usize];
        self.stderr.read_exact_at(&mut bytes, 0)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// What came of a fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether everything was as promised.
    pub kept: bool,
    /// What was seen, in a sentence; or which promise was broken.
    pub seen: String,
    /// Errors and the like as they were told, with PIDs.
    pub notes: Vec<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// Makes a fault happen (its place in [`FAULTS`]), and says what came of it. Blocks as [`watch`] does.
///
/// # Errors
///
/// As [`watch`].
pub fn perform(fault: usize) -> lesson::Result<Verdict> {
    let Fault { name, deadline, .. } = FAULTS[fault];
    watch(name, deadline, |fault: usize| act(FAULTS[fault].happen), (fault,))
}

/// Runs `target`, which calls [`act`], in a new process, and says what came of it. Blocks, a little longer than `deadline` at most.
///
/// Whatever it started has ended and is reaped afterwards; if any of that still ran a moment after its own end, a
/// promise is broken. This process becomes a subreaper (`PR_SET_CHILD_SUBREAPER(2const)`), and must have no other children.
///
/// # Errors
///
/// It was not started, or `/proc` cannot be read.
pub fn watch<A, T>(name: &str, deadline: Duration, target: T, args: A) -> lesson::Result<Verdict>
where
    A: Serialize + DeserializeOwned,
    T: Target<A, Output = Verdict>,
{
    set_child_subreaper(true)?;
    let begun = Instant::now();
    let mut child = Builder::new().name(name).spawn(target, args)?;
    let told = child.join_timeout(deadline);
    let seconds = begun.elapsed().as_secs_f64();
    child.kill()?;
    child.wait()?;
    let left = clear_away()?;
    let broken = |seen| Verdict { kept: false, seen, notes: Vec::new(), seconds };
    let verdict = match told {
        Ok(Some(verdict)) => Verdict { seconds, ..verdict },
        Ok(None) => {
            let deadline = deadline.as_secs_f64();
            broken(text!("hangs: killed after {deadline} s", "ハング: {deadline}秒後に強制終了"))
        }
        Err(error) => broken(error.to_string()),
    };
    if verdict.kept && !left.is_empty() {
        let seen = text!("left behind: processes {left:?}", "残されたプロセス: {left:?}");
        return Ok(Verdict { kept: false, seen, ..verdict });
    }
    Ok(verdict)
}

/// Lets something happen in this process, made for it by [`watch`], and looks at what it leaves: no child, no descriptor.
pub fn act(happen: impl FnOnce(&mut Stage) -> Seen) -> Verdict {
    let (mut kept, mut notes) = (true, Vec::new());
    let seen = see(happen, &mut notes).unwrap_or_else(|error| {
        kept = false;
        error.to_string()
    });
    Verdict { kept, seen, notes, seconds: 0.0 }
}

fn see(happen: impl FnOnce(&mut Stage) -> Seen, notes: &mut Vec<String>) -> Seen {
    // Its own group: what the fault does to a group, it does to itself at most.
    setpgid(Pid::from_raw(0), Pid::from_raw(0))?;
    let mut stage = Stage::open()?;
    let before = open_descriptors()?;
    let seen = happen(&mut stage);
    notes.append(&mut stage.notes);
    if seen.is_err() {
        notes.extend(stage.stderr()?.lines().map(str::to_owned));
    }
    let seen = seen?;
    holds!(waitpid(None, Some(WaitPidFlag::WNOHANG)) == Err(Errno::ECHILD), children());
    holds!(open_descriptors()? == before, before, open_descriptors());
    Ok(seen)
}

/// A broken promise: what did not hold, and the values it was about.
pub(super) fn broken(claim: &str, values: &[String]) -> String {
    let values = values.join(", ");
    text!("does not hold: {claim}; {values}", "成り立ちません: {claim}; {values}")
}

fn open_descriptors() -> std::io::Result<usize> {
    Ok(fs::read_dir("/proc/self/fd")?.count())
}

/// Waits a moment for what this process has inherited, then kills what still runs; gives the pids of those, and reaps all.
fn clear_away() -> lesson::Result<Vec<i32>> {
    let mut left = Vec::new();
    within(MOMENT, || children().is_ok_and(|all| !all.into_iter().any(runs)));
    loop {
        while matches!(waitpid(None, Some(WaitPidFlag::WNOHANG)), Ok(status) if status.pid().is_some())
        {
        }
        let running = children()?;
        if running.is_empty() {
            return Ok(left);
        }
        for pid in running {
            // Our child, and not reaped: the number cannot mean anybody else.
            kill(pid, Signal::SIGKILL)?;
            // Once: a second time it is only slow to end.
            if !left.contains(&pid.as_raw()) {
                left.push(pid.as_raw());
            }
            waitpid(pid, None)?;
        }
    }
}

/// Reads a file of `/proc` whole.
pub(super) fn read(path: &str) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.read_to_string(&mut text)?;
    Ok(text)
}
