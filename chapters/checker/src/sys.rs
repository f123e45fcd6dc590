//! The only unsafe code of this crate: what a new process does between `fork` and `exec`, and three system calls.
//!
//! The calls there allocate nothing, as `signal-safety(7)` demands.
#![expect(
    unsafe_code,
    reason = "CommandExt::pre_exec, seccomp(2), and calls that nix does not have"
)]

use std::fs::{self, File};
use std::io::{self, PipeWriter};
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::SigSet;
use nix::sys::{prctl, ptrace};
use nix::unistd::{geteuid, write};

use crate::cage::most_tasks;
use crate::processes::look;

/// The processor's name in a seccomp filter (`linux/audit.h`); on others there is no filter.
const ARCHITECTURE: Option<u32> = if cfg!(target_arch = "x86_64") {
    Some(0xC000_003E)
} else if cfg!(target_arch = "aarch64") {
    Some(0xC000_00B7)
} else {
    None
};

/// The system calls whose first argument names a process to be signalled, or to be opened for that.
const SIGNALLING: [libc::c_long; 5] = [
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_pidfd_open,
    libc::SYS_rt_sigqueueinfo,
];

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

/// Has the command's program traced by this thread, if the system permits it: then a byte is written to `is_traced`.
///
/// And has it end at once, with `SIGSYS`, when it signals one of `protected`: as `kill(2)` takes them, -1 among them.
///
/// It enters the control groups behind `doors`, and has no more than a bound on `processes` where that binds it.
pub(crate) fn watch(
    command: &mut Command,
    is_traced: PipeWriter,
    protected: &[i32],
    doors: Vec<File>,
    processes: usize,
    before_others: bool,
) {
    let limit = limit_tasks(processes);
    // Where nothing else bounds it, it has to leave the processor to the guard.
    let stands_back = doors.is_empty() && !before_others;
    let mut filter = refuse_signals_to(protected);
    let prepare = move || {
        // The guard takes its signals otherwise; the answer starts with none held back.
        SigSet::empty().thread_set_mask()?;
        for door in &doors {
            let _ = write(door, b"0");
        }
        if let Some(limit) = limit {
            let _ = setrlimit(Resource::RLIMIT_NPROC, limit, limit);
        }
        if stands_back {
            // SAFETY: it takes a number only.
            let _ = unsafe { libc::nice(10) };
        }
        if ptrace::traceme().is_ok() {
            write(is_traced.as_fd(), b"t")?;
        }
        if let Some(filter) = &mut filter {
            prctl::set_no_new_privs()?;
            let program = libc::sock_fprog {
                len: filter.len() as libc::c_ushort,
                filter: filter.as_mut_ptr(),
            };
            // SAFETY: the program points to as many instructions as it says, alive across the call, which copies them.
            let result = unsafe {
                libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program)
            };
            // Without it the answer runs less guarded, but it runs.
            let _ = Errno::result(result);
        }
        io::Result::Ok(())
    };
    // SAFETY: a few system calls on memory that was allocated before the fork.
    unsafe { command.pre_exec(prepare) };
}

/// A filter program (`bpf(2)`, classic): the end for a call in [`SIGNALLING`] to one of `protected`.
fn refuse_signals_to(protected: &[i32]) -> Option<Vec<libc::sock_filter>> {
    let architecture = ARCHITECTURE?;
    let instruction =
        |code: u32, k: u32, jt: u8, jf: u8| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = |offset| instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0, 0);
    let answer = |action| instruction(libc::BPF_RET | libc::BPF_K, action, 0, 0);
    let equal = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    // struct seccomp_data: the call's number, the architecture, eight bytes of address, the first argument.
    let mut filter = vec![
        load(4),
        instruction(equal, architecture, 1, 0),
        answer(libc::SECCOMP_RET_ALLOW),
        load(0),
    ];
    let calls = SIGNALLING.len() as u8;
    for (index, call) in (0_u8..).zip(SIGNALLING) {
        // To the load of the argument, behind the last of these and the one that permits.
        filter.push(instruction(equal, call as u32, calls - index, 0));
    }
    filter.push(answer(libc::SECCOMP_RET_ALLOW));
    filter.push(load(16));
    for &pid in protected {
        filter.push(instruction(equal, pid as u32, 0, 1));
        filter.push(answer(libc::SECCOMP_RET_KILL_PROCESS));
    }
    filter.push(answer(libc::SECCOMP_RET_ALLOW));
    Some(filter)
}
