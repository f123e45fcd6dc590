//! The only unsafe code of this crate: what a new process does between `fork` and `exec`, and a few system calls.
//!
//! The guard has one thread, so what runs there may allocate (`signal-safety(7)`). `gate`: who wants to start a process asks.
#![expect(
    unsafe_code,
    reason = "CommandExt::pre_exec, seccomp(2), and calls that nix does not have"
)]

mod gate;

use std::fs::{self, File};
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::SigSet;
use nix::sys::{prctl, ptrace};
use nix::unistd::{geteuid, write};

use crate::cage::most_tasks;
use crate::filter::{Filter, asking, protecting};
use crate::processes::look;

pub(crate) use gate::{Gate, told};

/// The right to look into others' processes (`capabilities(7)`), which `libc` does not have.
const CAP_SYS_PTRACE: libc::c_ulong = 19;

/// Takes over the descriptors whose numbers the checker has handed to this process.
///
/// To be called once, at the start of the guard's `main`.
pub(crate) fn given(numbers: [RawFd; 2]) -> [OwnedFd; 2] {
    numbers.map(|number| {
        // SAFETY: the checker left it open for us, and nothing else in this process knows its number.
        unsafe { OwnedFd::from_raw_fd(number) }
    })
}

/// Every descriptor from the third on is closed when this process executes another program.
pub(crate) fn close_on_exec_from_3() {
    // SAFETY: it takes numbers only, and closes nothing now.
    let result = unsafe {
        libc::close_range(3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC as libc::c_int)
    };
    // A kernel before 5.11 does not know it: then what we were given may reach the answer.
    let _ = Errno::result(result);
}

/// Lets this thread, and none that it starts, run before those of others; says whether the system permits it.
pub(crate) fn run_before_others() -> bool {
    let policy = libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK;
    let parameters = libc::sched_param { sched_priority: 1 };
    // SAFETY: the parameters are alive across the call, which copies them.
    let result = unsafe { libc::sched_setscheduler(0, policy, &raw const parameters) };
    result == 0
}

/// Sends SIGKILL to the process whose folder in `/proc` this is a descriptor of; nothing if it has ended.
pub(crate) fn kill_process(folder: RawFd) {
    let nothing = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: numbers, and a null pointer that stands for "as kill(2) would".
    let _ =
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, folder, libc::SIGKILL, nothing, 0) };
}

/// How many tasks may a user have that this answer's processes belong to? Such a limit does not bind the superuser.
fn limit_tasks(processes: usize) -> Option<u64> {
    if geteuid().is_root() {
        return None;
    }
    let mine = geteuid().as_raw();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = entries.filter(|it| it.metadata().is_ok_and(|it| it.uid() == mine));
    let pids = ours.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let now: u64 = pids.filter_map(look).map(|it| it.threads).sum();
    let most = now + most_tasks(processes) as u64;
    let (_, hard) = getrlimit(Resource::RLIMIT_NPROC).ok()?;
    Some(most.min(hard))
}

/// Makes a filter hold for this thread and all that it starts; gives what the system call returns.
fn install(filter: &mut Filter, flags: libc::c_ulong) -> io::Result<libc::c_long> {
    let (len, filter) = (filter.len() as libc::c_ushort, filter.as_mut_ptr());
    let program = libc::sock_fprog { len, filter };
    let mode = libc::SECCOMP_SET_MODE_FILTER;
    // SAFETY: the program points to as many instructions as it says, alive across the call, which copies them.
    let result = unsafe { libc::syscall(libc::SYS_seccomp, mode, flags, &raw const program) };
    Ok(Errno::result(result)?)
}

/// Has the command's program traced by this thread, if the system permits it, and gives what it starts a gate to go
/// through: `guard` is told of both.
///
/// And has it end at once, with `SIGSYS`, when it signals one of `protected`: as `kill(2)` takes them, -1 among them.
///
/// It enters the control groups behind `doors`, has no more than a bound on `processes` where that binds it, and
/// writes no file that is larger than `memory`.
pub(crate) fn watch(
    command: &mut Command,
    guard: UnixStream,
    protected: &[i32],
    doors: Vec<File>,
    (processes, memory): (usize, u64),
    before_others: bool,
) {
    let limit = limit_tasks(processes);
    // Where nothing else bounds it, it has to leave the processor to the guard.
    let stands_back = doors.is_empty() && !before_others;
    let (mut protecting, mut asking) = (protecting(protected), asking());
    let prepare = move || {
        // The guard takes its signals otherwise; the answer starts with none held back.
        SigSet::empty().thread_set_mask()?;
        for door in &doors {
            let _ = write(door, b"0");
        }
        if let Some(limit) = limit {
            let _ = setrlimit(Resource::RLIMIT_NPROC, limit, limit);
        }
        let (_, hard) = getrlimit(Resource::RLIMIT_FSIZE)?;
        let _ = setrlimit(Resource::RLIMIT_FSIZE, memory.min(hard), memory.min(hard));
        if stands_back {
            // SAFETY: it takes a number only.
            let _ = unsafe { libc::nice(10) };
        }
        // The superuser could look into the guard all the same, and write to where it reports: not without this right.
        // SAFETY: it takes numbers only.
        let _ = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0) };
        let traced = ptrace::traceme().is_ok();
        prctl::set_no_new_privs()?;
        // Without the filters the answer runs less guarded, but it runs.
        let gate = asking.as_mut().and_then(|filter| Gate::before_me(filter).ok());
        gate::tell(&guard, traced, gate.as_ref())?;
        if let Some(filter) = &mut protecting {
            let _ = install(filter, 0);
        }
        io::Result::Ok(())
    };
    // SAFETY: a few system calls in a process of one thread.
    unsafe { command.pre_exec(prepare) };
}
