//! What an answer may not ask of the kernel: filter programs (`bpf(2)`, classic) for `seccomp(2)`.
//!
//! They are no sandbox: they keep an answer from harming the guard and the checker by mistake, or as a prank.

use libc::sock_filter;

/// A program that the kernel runs at each system call.
pub(crate) type Filter = Vec<sock_filter>;

/// The processor's name in a filter (`linux/audit.h`); on others there is none.
const ARCHITECTURE: Option<u32> = if cfg!(target_arch = "x86_64") {
    Some(0xC000_003E)
} else if cfg!(target_arch = "aarch64") {
    Some(0xC000_00B7)
} else {
    None
};

/// The bit of an x32 call's number (`__X32_SYSCALL_BIT`).
const X32: u32 = 0x4000_0000;

/// The system calls whose first argument names a process that is to be signalled, opened for that, slowed or changed.
const ON_PROCESS: &[libc::c_long] = &[
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_pidfd_open,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_prlimit64,
    libc::SYS_sched_setscheduler,
    libc::SYS_sched_setattr,
    libc::SYS_sched_setaffinity,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
];

/// Roundabout ways to another process, refused altogether: a call, and the value of its second argument that is meant.
///
/// `fcntl` and `ioctl` can have the kernel send a signal of one's choice to whom one names.
const REFUSED: &[(libc::c_long, Option<u32>)] = &[
    (libc::SYS_ptrace, None),
    (libc::SYS_fcntl, Some(libc::F_SETOWN as u32)),
    (libc::SYS_fcntl, Some(F_SETOWN_EX)),
    (libc::SYS_ioctl, Some(FIOSETOWN)),
    (libc::SYS_ioctl, Some(SIOCSPGRP)),
];
const F_SETOWN_EX: u32 = 15;
const FIOSETOWN: u32 = 0x8901;
const SIOCSPGRP: u32 = 0x8902;

/// The system calls that start a process or a thread.
#[cfg(target_arch = "x86_64")]
const STARTING: &[libc::c_long] =
    &[libc::SYS_clone, libc::SYS_clone3, libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const STARTING: &[libc::c_long] = &[libc::SYS_clone, libc::SYS_clone3];

/// The end for a call in [`ON_PROCESS`] on one of `protected`, as `kill(2)` takes them, -1 among them.
pub(crate) fn protecting(protected: &[i32]) -> Option<Filter> {
    let mut filter = for_this_processor()?;
    for &(call, second) in REFUSED {
        let refuse = answer(libc::SECCOMP_RET_ERRNO | libc::EPERM as u32);
        let block = match second {
            None => vec![refuse],
            Some(value) => vec![argument(1), if_equal(value, 0, 1), refuse, load(0)],
        };
        filter.push(if_equal(call as u32, 0, block.len() as u8));
        filter.extend(block);
    }
    go_on_after(&mut filter, ON_PROCESS);
    filter.push(argument(0));
    for &pid in protected {
        filter.push(if_equal(pid as u32, 0, 1));
        filter.push(answer(libc::SECCOMP_RET_KILL_PROCESS));
    }
    filter.push(answer(libc::SECCOMP_RET_ALLOW));
    Some(filter)
}

/// Every call in [`STARTING`] has to ask the listener.
pub(crate) fn asking() -> Option<Filter> {
    let mut filter = for_this_processor()?;
    go_on_after(&mut filter, STARTING);
    filter.push(answer(libc::SECCOMP_RET_USER_NOTIF));
    Some(filter)
}

/// Has the number of the call at hand. In another processor's language, where it may mean any call, there is none: the
/// 32-bit one, and on x86-64 the x32 one, whose numbers have a bit more.
fn for_this_processor() -> Option<Filter> {
    let none = answer(libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32);
    let mut filter = vec![load(4), if_equal(ARCHITECTURE?, 1, 0), none, load(0)];
    if cfg!(target_arch = "x86_64") {
        filter.extend([if_at_least(X32, 0, 1), none]);
    }
    Some(filter)
}

/// Permits all calls but these.
fn go_on_after(filter: &mut Filter, calls: &[libc::c_long]) {
    let number = calls.len() as u8;
    for (index, &call) in (0_u8..).zip(calls) {
        // Behind the last of these, and the one that permits.
        filter.push(if_equal(call as u32, number - index, 0));
    }
    filter.push(answer(libc::SECCOMP_RET_ALLOW));
}

fn instruction(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: code as u16, jt, jf, k }
}

/// From `struct seccomp_data`: the call's number, the architecture, eight bytes of address, the arguments.
fn load(offset: u32) -> sock_filter {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0, 0)
}

/// The lower half of an argument.
fn argument(index: u32) -> sock_filter {
    load(16 + 8 * index)
}

fn if_equal(value: u32, then: u8, otherwise: u8) -> sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value, then, otherwise)
}

fn if_at_least(value: u32, then: u8, otherwise: u8) -> sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, value, then, otherwise)
}

fn answer(action: u32) -> sock_filter {
    instruction(libc::BPF_RET | libc::BPF_K, action, 0, 0)
}
