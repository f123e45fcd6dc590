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

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::{set_child_subreaper, set_dumpable};
use nix::sys::ptrace;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout, getpgid, getppid, setsid};

use crate::cage::{Cage, most_tasks};
use crate::ending::end_children;
use crate::processes::{Seen, children_of, descendants_of, descriptors_of, memory_of};
use crate::report::{Left, Limits, Report, Stopped, listed};
use crate::stuck;
use crate::sys::{self, Gate};

/// Tells an executable that it is to be the guard: the numbers of two descriptors, the limits, and who the checker is.
pub(crate) const ASKED: &str = "EXERCISE_GUARD";
/// How often the guard looks at the answer's processes.
const LOOK: Duration = Duration::from_millis(20);
/// How often where nothing else bounds them: a bomb grows while nobody looks.
const LOOK_OFTEN: Duration = Duration::from_millis(4);
/// How long nothing may have happened at all until waiting for ever is called a deadlock.
const IDLE: Duration = Duration::from_millis(1500);
/// How long a process that the main one leaves running may take to end by itself, to be a zombie rather than a survivor.
const SETTLE: Duration = Duration::from_millis(200);

struct Guard {
    limits: Limits,
    begun: Instant,
    me: u32,
    main: Pid,
    look_every: Duration,
    cage: Cage,
    /// Who wants to start a process or a thread waits here, where the system permits it.
    gate: Option<Gate>,
    /// How many may go through it before the guard counts again.
    room: usize,
    /// What the answer's input and output lead to: waiting for them is no deadlock.
    outside: Vec<String>,
    stdin: String,
    report: Report,
    /// Adopted while the main process ran, and alive when first seen.
    adopted: BTreeSet<u32>,
    ended: bool,
    /// When something was last seen to happen, and what was counted then.
    active: (Instant, u64),
}

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

impl Guard {
    /// Until the main process has ended, or has to be ended.
    fn watch(&mut self, signals: &SignalFd, lifeline: BorrowedFd<'_>) {
        let mut look_at = Instant::now();
        loop {
            let left = look_at.saturating_duration_since(Instant::now());
            let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
            let mut ready = vec![
                PollFd::new(signals.as_fd(), PollFlags::POLLIN),
                PollFd::new(lifeline, PollFlags::POLLIN),
            ];
            ready.extend(self.gate.as_ref().map(|it| PollFd::new(it.as_fd(), PollFlags::POLLIN)));
            let _ = poll(&mut ready, timeout);
            let told = ready[1].any().unwrap_or(false);
            while let Ok(Some(_)) = signals.read_signal() {}
            self.take_events();
            self.let_through();
            if self.report.stopped.is_some() {
                return;
            }
            if self.ended {
                return;
            }
            if told {
                self.report.stopped = Some(Stopped::Told);
                return;
            }
            if Instant::now() >= look_at {
                self.report.stopped = self.look();
                if self.report.stopped.is_some() {
                    return;
                }
                look_at = Instant::now() + self.look_every;
            }
        }
    }

    /// Takes what the kernel tells of children: ends, and stops of the main process.
    fn take_events(&mut self) {
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG | WaitPidFlag::__WALL)) {
                Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return,
                // A signal that nix has no name for: a real-time one.
                Err(Errno::EINTR | Errno::EINVAL) => {}
                Err(_) => return,
                Ok(status) => self.take(status),
            }
        }
    }

    fn take(&mut self, status: WaitStatus) {
        match status {
            WaitStatus::Exited(pid, code) if pid == self.main => {
                self.report.code = Some(code);
                self.ended = true;
            }
            WaitStatus::Signaled(pid, signal, _) if pid == self.main => {
                self.report.signal = Some(signal as i32);
                self.ended = true;
            }
            WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..) => self.reaped(pid),
            WaitStatus::PtraceEvent(pid, _, event) => {
                match event {
                    libc::PTRACE_EVENT_EXIT if pid == self.main => self.last_look(),
                    libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK => self.count(),
                    _ => {}
                }
                let _ = ptrace::cont(pid, None);
            }
            // A child of the main process, stopped where it begins, because its parent is traced: it is not to be.
            WaitStatus::Stopped(pid, _) if pid != self.main => {
                let _ = ptrace::detach(pid, None);
            }
            WaitStatus::Stopped(
                _,
                Signal::SIGSTOP | Signal::SIGTSTP | Signal::SIGTTIN | Signal::SIGTTOU,
            ) => {
                // It stays stopped, as it would be without a guard; the deadline is not far.
            }
            WaitStatus::Stopped(pid, signal) => {
                let _ = ptrace::cont(pid, signal);
            }
            _ => {}
        }
    }

    /// A process that is not the main one was reaped here: its own parent had ended.
    fn reaped(&mut self, pid: Pid) {
        let pid = pid.as_raw() as u32;
        let known = self.adopted.contains(&pid)
            || self.report.outliving.iter().any(|it| it.pid == pid)
            || self.report.zombies.contains(&pid);
        if !known {
            self.report.zombies.push(pid);
        }
    }

    /// How many are there now? Looking now and then would miss some. Too many are a reason to stop.
    fn count(&mut self) {
        let found = descendants_of(self.me);
        let living = found.iter().filter(|it| !it.is_zombie()).count();
        self.report.most_processes = self.report.most_processes.max(living);
        // Zombies and threads take room in the kernel's table, too.
        let (tasks, most_tasks) =
            (found.iter().map(|it| it.threads as usize).sum(), most_tasks(self.limits.processes));
        // One more than there may be: then the next count says so.
        let room = (self.limits.processes + 1).saturating_sub(living);
        self.room = room.min(most_tasks.saturating_sub(tasks));
        if self.room == 0 {
            self.report.stopped = Some(Stopped::Processes(living.max(tasks)));
        }
    }

    /// Lets those through who want to start a process, as long as there is room.
    fn let_through(&mut self) {
        while self.gate.as_ref().is_some_and(Gate::is_asked) {
            if self.room == 0 {
                self.count();
            }
            if self.report.stopped.is_some() {
                return;
            }
            self.room -= 1;
            self.gate.iter().for_each(Gate::let_through);
        }
    }

    /// The main process is about to end: what does it leave?
    fn last_look(&mut self) {
        let main = self.main.as_raw() as u32;
        // Children that are ending by themselves become zombies now; the others are still running then.
        let until = Instant::now() + SETTLE;
        let runs = |it: &Seen| it.pid != main && !it.is_zombie();
        while descendants_of(self.me).iter().any(runs) && Instant::now() < until {
            // One that was started a moment ago has yet to be let go, and may start another.
            self.take_events();
            self.let_through();
            std::thread::sleep(Duration::from_millis(2));
        }
        for seen in descendants_of(self.me) {
            if seen.pid == main || self.adopted.contains(&seen.pid) {
                continue;
            }
            if seen.is_zombie() {
                self.report.zombies.push(seen.pid);
            } else if seen.parent == self.me {
                self.adopted.insert(seen.pid);
                self.report.orphans.push(left(&seen));
            } else {
                self.report.outliving.push(left(&seen));
            }
        }
        let mut open: BTreeMap<String, Vec<i32>> = BTreeMap::new();
        for found in descriptors_of(main).into_iter().filter(|open| open.number > 2) {
            let target = found.target.trim_end_matches(" (deleted)").to_owned();
            open.entry(target).or_default().push(found.number);
        }
        let shown =
            |(target, numbers): (String, Vec<i32>)| format!("{} → {target}", listed(&numbers));
        self.report.descriptors = open.into_iter().map(shown).collect();
    }

    /// Looks at all processes; gives a reason to stop them.
    fn look(&mut self) -> Option<Stopped> {
        let processes = descendants_of(self.me);
        let main = self.main.as_raw() as u32;
        for seen in &processes {
            let ours = seen.pid != main && seen.parent == self.me && !seen.is_zombie();
            if ours && self.adopted.insert(seen.pid) {
                self.report.orphans.push(left(seen));
            }
        }
        let living = processes.iter().filter(|it| !it.is_zombie());
        let count = living.clone().count();
        self.report.most_processes = self.report.most_processes.max(count);
        if count > self.limits.processes {
            return Some(Stopped::Processes(count));
        }
        let memory = living.map(|it| memory_of(it.pid)).sum();
        self.report.most_memory = self.report.most_memory.max(memory);
        if memory > self.limits.memory {
            return Some(Stopped::Memory(memory));
        }
        let late = self.begun.elapsed() > self.limits.deadline;
        if late || self.is_idle(&processes) {
            let lines = stuck::describe(&processes, &self.stdin);
            // What waits for its input is late, but not deadlocked.
            let for_ever = stuck::all_wait_for_ever(&processes, &self.outside);
            if for_ever {
                return Some(Stopped::Deadlock(lines));
            }
            if late {
                return Some(Stopped::Deadline(lines));
            }
        }
        None
    }

    /// Whether nothing has happened for a while.
    fn is_idle(&mut self, processes: &[Seen]) -> bool {
        if processes.iter().any(|it| matches!(it.state, 'R')) {
            self.active = (Instant::now(), 0);
            return false;
        }
        let ticks: u64 = processes.iter().map(|it| it.ticks).sum();
        let count = ticks + stuck::sleeps(processes) + ((processes.len() as u64) << 48);
        if count != self.active.1 {
            self.active = (Instant::now(), count);
        }
        self.active.0.elapsed() >= IDLE
    }

    /// Ends whatever is left, and waits until nothing is.
    fn end_all(&mut self) {
        if !self.report.traced && self.ended {
            // Nobody could look when the main process ended; what it left is ours by now.
            for seen in children_of(self.me) {
                match (seen.is_zombie(), self.adopted.contains(&seen.pid)) {
                    (true, false) => self.report.zombies.push(seen.pid),
                    (false, false) => self.report.outliving.push(left(&seen)),
                    _ => {}
                }
            }
        }
        let group = (!self.ended).then_some(self.main);
        self.report.immortal = end_children(group, &self.cage, &BTreeSet::new());
        self.cage.remove();
    }
}

fn left(seen: &Seen) -> Left {
    let held = descriptors_of(seen.pid).into_iter().map(|it| it.target);
    let maps = fs::read_to_string(format!("/proc/{}/maps", seen.pid)).unwrap_or_default();
    let mapped = maps.lines().filter_map(|line| line.split_whitespace().nth(5).map(str::to_owned));
    let shared: BTreeSet<String> = held
        .chain(mapped)
        .filter(|target| target.starts_with("/memfd:") || target.starts_with("/dev/shm/"))
        .map(|target| target.trim_end_matches(" (deleted)").to_owned())
        // Where `process` keeps what a target returns, not what the answer shares.
        .filter(|target| target != "/memfd:outcome")
        .collect();
    Left { pid: seen.pid, name: seen.name.clone(), shared: shared.into_iter().collect() }
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
