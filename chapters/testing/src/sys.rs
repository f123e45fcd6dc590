//! The only unsafe code of this crate: what a machine may refuse a program, refused on purpose.
//!
//! Each function changes how a command starts: between `fork` and `exec`, in the new process, which then
//! is what the program finds. The calls there allocate nothing, as `signal-safety(7)` demands.
#![expect(unsafe_code, reason = "CommandExt::pre_exec and seccomp(2)")]

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigHandler, Signal, signal};

/// The processor's name in a seccomp filter (`linux/audit.h`): numbers of system calls differ.
const ARCHITECTURE: u32 = if cfg!(target_arch = "x86_64") {
    0xC000_003E
} else if cfg!(target_arch = "aarch64") {
    0xC000_00B7
} else {
    panic!("add this processor's AUDIT_ARCH")
};

/// The system calls that make a process or a thread.
#[cfg(target_arch = "x86_64")]
const STARTING: &[libc::c_long] =
    &[libc::SYS_clone, libc::SYS_clone3, libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const STARTING: &[libc::c_long] = &[libc::SYS_clone, libc::SYS_clone3];

/// Has these signals do what they do by default, here and in what is started from here: a shell has what it runs in the
/// background ignore `SIGINT` and `SIGQUIT`, which stays so across `exec` (`signal(7)`).
pub(super) fn heed_signals() {
    for heeded in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGALRM, Signal::SIGCHLD] {
        // SAFETY: no handler is installed that could run at any moment.
        let before = unsafe { signal(heeded, SigHandler::SigDfl) };
        before.expect("these signals can be handled");
    }
}

/// Has the system refuse the command's program every new process and thread, with `EAGAIN`.
///
/// As `ulimit -u` does, which the superuser is not bound by.
pub fn without_fork(command: &mut Command) {
    without(command, STARTING, Errno::EAGAIN);
}

/// Has the command's program find a kernel that does not know pidfds (before Linux 5.3): `ENOSYS`.
pub fn without_pidfd(command: &mut Command) {
    without(command, &[libc::SYS_pidfd_open, libc::SYS_pidfd_send_signal], Errno::ENOSYS);
}

/// Has the system refuse the command's program some calls. Source: `seccomp(2)`.
fn without(command: &mut Command, calls: &[libc::c_long], error: Errno) {
    let mut filter = refuse(calls, error);
    let install = move || {
        // Without it only the superuser may filter (`PR_SET_NO_NEW_PRIVS`).
        prctl::set_no_new_privs()?;
        let program =
            libc::sock_fprog { len: filter.len() as libc::c_ushort, filter: filter.as_mut_ptr() };
        // SAFETY: the program points to as many instructions as it says, alive across the call, which
        // copies them.
        let result = unsafe {
            libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program)
        };
        Errno::result(result)?;
        Ok(())
    };
    // SAFETY: two system calls on memory that was allocated before the fork.
    unsafe { command.pre_exec(install) };
}

/// A filter program (`bpf(2)`, classic): the error for each of the calls, everything else goes on.
fn refuse(calls: &[libc::c_long], error: Errno) -> Vec<libc::sock_filter> {
    let instruction =
        |code: u32, k: u32, jt: u8, jf: u8| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = |offset| instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0, 0);
    let answer = |action| instruction(libc::BPF_RET | libc::BPF_K, action, 0, 0);
    let equal = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    // struct seccomp_data begins with the call's number and the architecture, four bytes each.
    let mut filter = vec![
        load(4),
        instruction(equal, ARCHITECTURE, 1, 0),
        answer(libc::SECCOMP_RET_ALLOW),
        load(0),
    ];
    for &call in calls {
        filter.push(instruction(equal, call as u32, 0, 1));
        filter.push(answer(libc::SECCOMP_RET_ERRNO | error as u32));
    }
    filter.push(answer(libc::SECCOMP_RET_ALLOW));
    filter
}

/// Lets the command's program have only so many descriptors open, as `ulimit -n` does.
///
/// Standard input, output and error are three; the program's start needs one more for a moment. Others that were
/// left open to these tests do not reach it.
pub fn with_few_descriptors(command: &mut Command, most: u64) {
    let limit = move || {
        // SAFETY: a system call on numbers; what is marked here is closed by `exec`, not before.
        let marked = unsafe {
            libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
        };
        Errno::result(marked)?;
        Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
    };
    // SAFETY: two system calls.
    unsafe { command.pre_exec(limit) };
}

/// Puts the command's program on a machine without `/proc`: an empty directory is mounted over it.
///
/// # Errors
///
/// This machine permits no mount namespace, so that it cannot be tested here: say so where it is read.
pub fn without_proc(command: &mut Command) -> io::Result<()> {
    let mut probe = Command::new("true");
    hide_proc(&mut probe);
    probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    hide_proc(command);
    Ok(())
}

fn hide_proc(command: &mut Command) {
    let hide = move || {
        // Who is not the superuser may mount only where he is the superuser of a user namespace.
        unshare(CloneFlags::CLONE_NEWNS)
            .or_else(|_| unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUSER))?;
        let nothing = None::<&str>;
        // What is mounted from here on must not be seen outside.
        mount(nothing, "/", nothing, MsFlags::MS_REC | MsFlags::MS_PRIVATE, nothing)?;
        mount(Some("none"), "/proc", Some("tmpfs"), MsFlags::empty(), nothing)?;
        Ok(())
    };
    // SAFETY: three system calls; nix keeps paths this short on the stack.
    unsafe { command.pre_exec(hide) };
}
