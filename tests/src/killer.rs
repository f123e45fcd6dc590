//! Kills a process after its n-th instruction, for every n.
//!
//! The process says with [`mark`] where the operation begins and where it ends. In between it is traced (`ptrace(2)`) and
//! makes one step at a time: an instruction, or everything up to the next system call. After so many steps it is killed;
//! then the scene looks at what the others see, and gives it a name.
//!
//! What others see differs at few instructions only. So every so many steps are tried, and between two after which the
//! others saw different things, every step. `LESSON_KILL=all` tries every step everywhere.

use std::collections::BTreeMap;
use std::env;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill, raise};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;
use process::{End, Process};

/// A signal that does nothing to a process that is not traced, and stops one that is.
const MARK: Signal = Signal::SIGURG;
/// How long anybody may take to go on after the kill.
pub const SOON: Duration = Duration::from_secs(60);

/// In the process to be killed: here the operation begins, or ends.
pub fn mark() {
    let _ = raise(MARK);
}

/// In the process to be killed: its parent steps it through `operation`.
pub fn stepped<R>(operation: impl FnOnce() -> R) -> R {
    let _ = ptrace::traceme();
    mark();
    let result = operation();
    mark();
    result
}

/// Keeps this process and those it starts on one core: to pass a step on to another one takes several times as long.
///
/// # Panics
///
/// If the system does not allow it.
pub fn stay_on_one_core() {
    let itself = Pid::from_raw(0);
    let allowed = sched_getaffinity(itself).expect("a system call on this process");
    let first = (0..CpuSet::count()).find(|&core| allowed.is_set(core) == Ok(true));
    let mut one = CpuSet::new();
    one.set(first.expect("it runs somewhere")).expect("a core's number");
    sched_setaffinity(itself, &one).expect("it is allowed there");
}

/// Lets this process go on while one that it wakes begins to run: on any core but the one above, if there is another.
///
/// # Panics
///
/// If the system does not tell where it runs.
pub fn go_to_other_cores() {
    let itself = Pid::from_raw(0);
    let one = sched_getaffinity(itself).expect("a system call on this process");
    let mut others = CpuSet::new();
    for core in (0..CpuSet::count()).filter(|&core| one.is_set(core) == Ok(false)) {
        others.set(core).expect("a core's number");
    }
    // Refused if there is none.
    let _ = sched_setaffinity(itself, &others);
}

/// What one step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// One instruction.
    Instruction,
    /// To where the next system call begins, or is done.
    Call,
}

/// Kills after a number of steps.
#[derive(Debug)]
pub struct Killer {
    pace: Pace,
    /// After how many steps; the end mark comes first if there are not so many.
    after: u64,
    made: u64,
}

impl Killer {
    /// Steps a child that calls [`stepped`] and kills it. Blocks until it has ended.
    ///
    /// # Panics
    ///
    /// If it ends before.
    pub fn kill<R>(&mut self, victim: &mut Process<R>) {
        let pid = victim.pid();
        run_to_mark(pid);
        self.step(pid);
        victim.kill().expect("a signal");
        assert_eq!(victim.wait().expect("it was killed"), End::Signaled(9));
    }

    /// Steps the next process that `parent`, a child which calls [`stepped`], starts, and kills it; `parent` goes on
    /// untraced. It is killed from its first instruction on, or between its marks.
    ///
    /// # Panics
    ///
    /// If `parent` starts none.
    pub fn kill_child_of<R>(&mut self, parent: &Process<R>, from: From) {
        let pid = parent.pid();
        run_to_mark(pid);
        let child = run_to_child(pid);
        if from == From::Mark {
            ptrace::cont(child, None).expect("it is stopped");
            run_to_mark(child);
        }
        self.step(child);
        kill(child, Signal::SIGKILL).expect("it is traced, so it is there");
        // As its tracer: only then its parent is told.
        waitpid(child, None).expect("it was killed");
    }

    fn step(&mut self, pid: Pid) {
        let mut signal = None;
        while self.made < self.after {
            match self.pace {
                Pace::Instruction => ptrace::step(pid, signal.take()),
                Pace::Call => ptrace::syscall(pid, signal.take()),
            }
            .expect("it is stopped");
            match stop(pid) {
                None | Some(MARK) => return,
                Some(Signal::SIGTRAP) => self.made += 1,
                Some(other) => signal = Some(other),
            }
        }
    }
}

/// Where the steps of a child begin that its parent starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// With its first instruction.
    Birth,
    /// With its first [`mark`].
    Mark,
}

/// Waits until a traced process stops, and says by which signal; `None` if it has ended.
fn stop(pid: Pid) -> Option<Signal> {
    match waitid(Id::Pid(pid), WaitPidFlag::WSTOPPED | WaitPidFlag::__WALL) {
        // That is what nix calls every stop of a process that is traced.
        Ok(WaitStatus::PtraceEvent(_, signal, _)) => Some(signal),
        Ok(other) => panic!("{pid}: {other:?}"),
        Err(Errno::ECHILD) => None,
        Err(error) => panic!("{pid}: {error}"),
    }
}

fn run_to_mark(pid: Pid) {
    let mut stopped = stop(pid).expect("it stops before it ends");
    while stopped != MARK {
        let signal = (stopped != Signal::SIGSTOP && stopped != Signal::SIGTRAP).then_some(stopped);
        ptrace::cont(pid, signal).expect("it is stopped");
        stopped = stop(pid).expect("it stops before it ends");
    }
}

/// From its mark to the moment when it has just started a process, which stops before its first instruction; lets go of
/// the parent.
fn run_to_child(parent: Pid) -> Pid {
    use ptrace::Options;
    let forks = Options::PTRACE_O_TRACEFORK | Options::PTRACE_O_TRACEVFORK;
    ptrace::setoptions(parent, forks | Options::PTRACE_O_TRACECLONE).expect("it is stopped");
    ptrace::cont(parent, None).expect("it is stopped");
    assert_eq!(stop(parent), Some(Signal::SIGTRAP), "it starts a process");
    let child = Pid::from_raw(ptrace::getevent(parent).expect("an event") as i32);
    assert_eq!(stop(child), Some(Signal::SIGSTOP), "it begins stopped");
    ptrace::detach(parent, None).expect("it is stopped");
    child
}

/// Plays a scene with a kill after each of many steps, and tells what was seen how often. Its result names what the others
/// saw.
///
/// # Panics
///
/// As the scene.
pub fn everywhere(name: &str, pace: Pace, tries: u64, scene: impl Fn(&mut Killer) -> &'static str) {
    let begun = Instant::now();
    let play = |after| {
        // Whoever hangs ends the run; each scene has the whole time.
        nix::unistd::alarm::set(300);
        let mut killer = Killer { pace, after, made: 0 };
        let seen = scene(&mut killer);
        (killer.made, seen)
    };
    let (steps, at_the_end) = play(u64::MAX);
    let every = if env::var("LESSON_KILL").is_ok_and(|it| it == "all") { 1 } else { steps / tries };
    eprint!("{name}: {steps} steps ({pace:?}), ");
    let mut seen = BTreeMap::from([(steps, at_the_end)]);
    for after in (0..steps).step_by(every.max(1) as usize) {
        seen.insert(after, play(after).1);
    }
    let neighbours: Vec<_> =
        seen.iter().zip(seen.iter().skip(1)).map(|(a, b)| (*a.0, *a.1, *b.0, *b.1)).collect();
    for (from, before, to, then) in neighbours {
        if before != then {
            seen.extend((from + 1..to).map(|after| (after, play(after).1)));
        }
    }
    let mut count = BTreeMap::new();
    for name in seen.values() {
        *count.entry(*name).or_insert(0) += 1;
    }
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("killed after {}: {count:?}; {seconds:.1} s", seen.len());
}
