//! What the guard sees of an answer's processes, and when it stops them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::signalfd::SignalFd;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::cage::{Cage, most_tasks};
use crate::ending::end_children;
use crate::processes::{Seen, children_of, descendants_of, descriptors_of, memory_of};
use crate::report::{Left, Limits, Report, Stopped, listed};
use crate::stuck::Moment;
use crate::sys::Gate;

/// How long nothing may have happened at all until waiting for ever is called a deadlock.
const IDLE: Duration = Duration::from_millis(1500);
/// How long a process that the main one leaves running may take to end by itself, to be a zombie rather than a survivor.
const SETTLE: Duration = Duration::from_millis(200);

/// The process that watches, and what it has seen.
pub(super) struct Guard {
    pub(super) limits: Limits,
    pub(super) begun: Instant,
    pub(super) me: u32,
    pub(super) main: Pid,
    pub(super) look_every: Duration,
    pub(super) cage: Cage,
    /// Who wants to start a process or a thread waits here, where the system permits it.
    pub(super) gate: Option<Gate>,
    /// How many may go through it before the guard counts again.
    pub(super) room: usize,
    /// What the answer's input and output lead to: waiting for them is no deadlock.
    pub(super) outside: Vec<String>,
    pub(super) stdin: String,
    pub(super) report: Report,
    /// Adopted while the main process ran, and alive when first seen.
    pub(super) adopted: BTreeSet<u32>,
    pub(super) ended: bool,
    /// When something was last seen to happen, and what was counted then.
    pub(super) active: (Instant, u64),
}

impl Guard {
    /// Until the main process has ended, or has to be ended.
    pub(super) fn watch(&mut self, signals: &SignalFd, lifeline: BorrowedFd<'_>) {
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
            self.report.stopped = Some(if living > self.limits.processes {
                Stopped::Processes(living)
            } else {
                Stopped::Tasks(tasks)
            });
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
        let busy = processes.iter().any(|it| it.state == 'R');
        if busy && !late {
            return None;
        }
        let moment = Moment::of(&processes);
        if !late && !self.is_idle(&processes, &moment) {
            return None;
        }
        // What waits for its input is late, but not deadlocked.
        let for_ever = moment.all_wait_for_ever(&processes, &self.outside);
        let lines = || moment.describe(&processes, &self.stdin);
        match (for_ever, late) {
            (true, _) => Some(Stopped::Deadlock(lines())),
            (false, true) => Some(Stopped::Deadline(lines())),
            (false, false) => None,
        }
    }

    /// Whether nothing has happened for a while. Who runs has not slept long enough to say so: what it did is seen when it
    /// sleeps again, by the ticks it took.
    fn is_idle(&mut self, processes: &[Seen], moment: &Moment) -> bool {
        if moment.something_runs() {
            return false;
        }
        let ticks: u64 = processes.iter().map(|it| it.ticks).sum();
        let number = (processes.len() as u64) << 48;
        let count = ticks.wrapping_add(moment.sleeps()).wrapping_add(number);
        if count != self.active.1 {
            self.active = (Instant::now(), count);
        }
        self.active.0.elapsed() >= IDLE
    }

    /// Ends whatever is left, and waits until nothing is.
    pub(super) fn end_all(&mut self) {
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
