//! The only unsafe code of this crate: what a new process does between `fork` and `exec`.
//!
//! The calls there allocate nothing, as `signal-safety(7)` demands.
#![expect(unsafe_code, reason = "CommandExt::pre_exec, seccomp(2), close_range(2)")]

use std::io::{self, PipeWriter};
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::{prctl, ptrace};
use nix::unistd::write;

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

/// Has the command's program traced by this thread, if the system permits it: then a byte is written to `is_traced`.
///
/// And has it end at once, with `SIGSYS`, when it signals one of `protected`: as `kill(2)` takes them, -1 among them.
pub(crate) fn watch(command: &mut Command, is_traced: PipeWriter, protected: &[i32]) {
    let mut filter = refuse_signals_to(protected);
    let prepare = move || {
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
