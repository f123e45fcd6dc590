//! The process that runs an answer and watches over it.
//!
//! An answer may do whatever a program can. So it is not a child of the checker, but of this guard, which is the
//! checker's own executable started again: in a session of its own, with no terminal, and as a subreaper
//! (`PR_SET_CHILD_SUBREAPER`), so that whatever loses its parent becomes the guard's child. The main process
//! is traced, to look at it once at the moment it ends (`PTRACE_EVENT_EXIT`): its zombies, its descriptors and
//! its running children are still what it left them. Where the system permits no tracing, the guard looks a moment later.
//!
//! When the checker goes away, the guard ends the answer and itself; when the guard is killed, the checker
//! inherits what is left (see `running`).
//!
//! Here it is started, and starts the answer; `watch`: what it sees and decides.

mod watch;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::sys::prctl::{set_child_subreaper, set_dumpable};
use nix::sys::ptrace;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout, getpgid, getppid, setsid};

use crate::cage::Cage;
use crate::report::{Limits, Report};
use crate::sys::{self, Gate};
use watch::Guard;

/// Tells an executable that it is to be the guard: the numbers of two descriptors, the limits, and who the checker is.
pub(crate) const ASKED: &str = "EXERCISE_GUARD";
/// How often the guard looks at the answer's processes.
const LOOK: Duration = Duration::from_millis(20);
/// How often where nothing else bounds them: a bomb grows while nobody looks.
const LOOK_OFTEN: Duration = Duration::from_millis(4);

/// Whether this process was started to be the guard; its exit code then.
pub(crate) fn enter() -> Option<ExitCode> {
    let asked = env::var(ASKED).ok()?;
    let mut words = asked.split(' ').map(|word| word.parse::<u64>().ok());
    let mut next = || words.next().flatten();
    let (lifeline, report) = (next()? as RawFd, next()? as RawFd);
    let limits = Limits {
        deadline: Duration::from_millis(next()?),
        processes: next()? as usize,
        memory: next()?,
    };
    let checker = next()?;
    let [lifeline, report] = sys::given([lifeline, report]);
    let mut arguments = env::args_os().skip(1);
    let program = arguments.next()?;
    let found = guard(limits, &program, arguments.collect(), lifeline);
    if getppid().as_raw() as u64 != checker {
        // It was killed: nobody else removes the answer's folder, which is where we are.
        let folder = env::current_dir()
            .ok()
            .filter(|it| env::var_os("TMPDIR").is_some_and(|ours| ours == **it));
        let _ = folder.map(fs::remove_dir_all);
    }
    let bytes = postcard::to_allocvec(&found).unwrap_or_default();
    // Nobody may be left who reads it.
    let _ = File::from(report).write_all(&bytes);
    Some(ExitCode::SUCCESS)
}

fn guard(
    limits: Limits,
    program: &OsString,
    arguments: Vec<OsString>,
    lifeline: OwnedFd,
) -> Report {
    let failed = |what: &str, error: String| Report {
        not_started: Some(format!("{what}: {error}")),
        ..Report::default()
    };
    sys::close_on_exec_from_3();
    // Others of this user may not look into this process: its descriptors lead to the checker.
    let _ = set_dumpable(false);
    // A new session has no terminal: neither has the answer, so it cannot write to it past its output.
    let _ = setsid();
    if let Err(error) = set_child_subreaper(true) {
        return failed("prctl", error.to_string());
    }
    let mut ends = SigSet::empty();
    ends.add(Signal::SIGCHLD);
    // What asks a program to end asks the guard in vain: it ends when the answer does, or the checker.
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGPIPE] {
        ends.add(signal);
    }
    let signals = ends
        .thread_block()
        .and_then(|()| SignalFd::with_flags(&ends, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC));
    let signals = match signals {
        Ok(signals) => signals,
        Err(error) => return failed("signalfd", error.to_string()),
    };
    let me = std::process::id();
    let target = |number| {
        let found = crate::processes::descriptor(me, number);
        found.map_or_else(String::new, |it| it.target)
    };
    let (stdin, stdout, stderr) = (target(0), target(1), target(2));

    // A fork bomb leaves no time for others of its own rank.
    let before_others = sys::run_before_others();
    let cage = Cage::of(me);
    cage.build(limits.processes);
    let begun = Instant::now();
    let (main, traced, gate) = match start(program, arguments, &cage, &limits, before_others) {
        Ok(started) => started,
        Err(error) => return failed(&program.to_string_lossy(), error.to_string()),
    };
    let mut guard = Guard {
        limits,
        begun,
        me,
        main,
        look_every: if before_others || cage.is_there() { LOOK } else { LOOK_OFTEN },
        cage,
        gate,
        room: 0,
        outside: vec![stdin.clone(), stdout, stderr],
        stdin,
        report: Report { traced, ..Report::default() },
        adopted: BTreeSet::new(),
        ended: false,
        active: (begun, 0),
    };
    guard.watch(&signals, lifeline.as_fd());
    guard.report.seconds = begun.elapsed().as_secs_f64();
    guard.end_all();
    guard.report
}

/// Starts the answer in its own process group; says whether it is traced, and gives the gate.
fn start(
    program: &OsString,
    arguments: Vec<OsString>,
    cage: &Cage,
    limits: &Limits,
    before_others: bool,
) -> std::io::Result<(Pid, bool, Option<Gate>)> {
    let (mine, its) = UnixStream::pair()?;
    let mut command = Command::new(program);
    command.args(arguments).env_remove(ASKED).process_group(0);
    command.env("LESSON_LANG", "en");
    let bounds = (limits.processes, limits.memory);
    sys::watch(&mut command, its, &protected(), cage.doors(), bounds, before_others);
    let child = command.spawn();
    // The command holds the other end, and the guard must hold none of the answer's input and output.
    drop(command);
    let null = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    let main = Pid::from_raw(child?.id() as i32);
    let (traced, gate) = sys::told(&mine);
    if traced {
        // It stops when it has become the new program. It may also have been killed by now.
        if let Ok(WaitStatus::Stopped(..)) = waitpid(main, Some(WaitPidFlag::WSTOPPED)) {
            let options = ptrace::Options::PTRACE_O_TRACEEXIT
                | ptrace::Options::PTRACE_O_TRACEEXEC
                | ptrace::Options::PTRACE_O_TRACEFORK
                | ptrace::Options::PTRACE_O_TRACEVFORK
                | ptrace::Options::PTRACE_O_EXITKILL;
            ptrace::setoptions(main, options)?;
            ptrace::cont(main, None)?;
        }
    }
    Ok((main, traced, gate))
}

/// Whom an answer has no business to signal: everybody, the guard, the checker and who started it.
fn protected() -> Vec<i32> {
    let (me, checker) = (std::process::id() as i32, getppid());
    let mut all = vec![-1, me, -me, checker.as_raw()];
    all.extend(getpgid(Some(checker)).map(|group| -group.as_raw()));
    all.extend(crate::processes::look(checker.as_raw() as u32).map(|it| it.parent as i32));
    // 0 and 1 are its own group and init, which takes signals only from those who may send them.
    all.retain(|&pid| pid != 0);
    all
}

/// The descriptors that a guard is given: it has to find them open.
pub(crate) fn keep_open(descriptor: &OwnedFd) -> nix::Result<()> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    fcntl(descriptor, FcntlArg::F_SETFD(FdFlag::empty())).map(|_| ())
}

/// The program of the guard, for the checker to start.
pub(crate) fn command(
    limits: &Limits,
    lifeline: &OwnedFd,
    report: &OwnedFd,
) -> std::io::Result<Command> {
    keep_open(lifeline)?;
    keep_open(report)?;
    let mut command = Command::new(env::current_exe()?);
    let (milliseconds, Limits { processes, memory, .. }) = (limits.deadline.as_millis(), limits);
    let (lifeline, report, me) = (lifeline.as_raw_fd(), report.as_raw_fd(), std::process::id());
    command
        .env(ASKED, format!("{lifeline} {report} {milliseconds} {processes} {memory} {me}"))
        .stdin(Stdio::null());
    Ok(command)
}
