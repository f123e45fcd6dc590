//! What a process is blocked in: which system call, what it waits for, and where in the kernel.
//!
//! From `/proc/PID/task/TID/{syscall,wchan}`, `/proc/PID/fd` and `/proc/PID/fdinfo`: see `proc(5)`. A process that
//! waits for ever and one that waits for a while look the same but for the arguments of the call. `describe`: in words.

mod describe;

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use nix::libc;

use crate::processes::{Seen, descriptor, field, threads_of};

pub(crate) use describe::describe;

/// A system call that a thread is in, with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Call {
    number: i64,
    arguments: [u64; 6],
}

/// The numbers of `futex(2)` operations that wait, without their flags.
const FUTEX_WAITS: [u64; 3] = [0, 6, 9];
const FUTEX_OPERATION: u64 = 0x7f;
/// `FUTEX_WAIT_BITSET` on a word that other processes see (without `FUTEX_PRIVATE_FLAG`), and the other flag it may have.
const SHARED_WAIT_UNTIL: u64 = 9;
const FUTEX_CLOCK_REALTIME: u64 = 0x100;
/// `F_OFD_SETLKW`, which `libc` has only for some systems.
const OFD_SETLKW: u64 = 38;

/// The system call that a thread is in; `None` while it runs.
fn call(pid: u32, thread: u32) -> Option<Call> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{thread}/syscall")).ok()?;
    let mut words = text.split_whitespace();
    let number = words.next()?.parse().ok()?;
    let mut arguments = [0; 6];
    for argument in &mut arguments {
        *argument = u64::from_str_radix(words.next()?.trim_start_matches("0x"), 16).ok()?;
    }
    Some(Call { number, arguments })
}

impl Call {
    fn is(self, number: libc::c_long) -> bool {
        self.number == number
    }

    fn is_poll(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        if self.is(libc::SYS_poll) {
            return true;
        }
        self.is(libc::SYS_ppoll)
    }

    /// The name, and whether its first argument is a descriptor, for the calls that wait.
    fn name(self) -> Option<(&'static str, bool)> {
        #[cfg(target_arch = "x86_64")]
        const OLD: &[(libc::c_long, &str, bool)] = &[
            (libc::SYS_poll, "poll", false),
            (libc::SYS_select, "select", false),
            (libc::SYS_pause, "pause", false),
            (libc::SYS_epoll_wait, "epoll_wait", false),
            (libc::SYS_open, "open", false),
        ];
        #[cfg(not(target_arch = "x86_64"))]
        const OLD: &[(libc::c_long, &str, bool)] = &[];
        const CALLS: &[(libc::c_long, &str, bool)] = &[
            (libc::SYS_read, "read", true),
            (libc::SYS_readv, "readv", true),
            (libc::SYS_write, "write", true),
            (libc::SYS_writev, "writev", true),
            (libc::SYS_recvfrom, "recvfrom", true),
            (libc::SYS_recvmsg, "recvmsg", true),
            (libc::SYS_sendto, "sendto", true),
            (libc::SYS_sendmsg, "sendmsg", true),
            (libc::SYS_accept, "accept", true),
            (libc::SYS_accept4, "accept4", true),
            (libc::SYS_connect, "connect", true),
            (libc::SYS_flock, "flock", true),
            (libc::SYS_fcntl, "fcntl", true),
            (libc::SYS_splice, "splice", true),
            (libc::SYS_wait4, "wait4", false),
            (libc::SYS_waitid, "waitid", false),
            (libc::SYS_futex, "futex", false),
            (libc::SYS_ppoll, "ppoll", false),
            (libc::SYS_pselect6, "pselect6", false),
            (libc::SYS_epoll_pwait, "epoll_pwait", false),
            (libc::SYS_rt_sigtimedwait, "rt_sigtimedwait", false),
            (libc::SYS_rt_sigsuspend, "rt_sigsuspend", false),
            (libc::SYS_nanosleep, "nanosleep", false),
            (libc::SYS_clock_nanosleep, "clock_nanosleep", false),
            (libc::SYS_openat, "openat", false),
        ];
        let known = CALLS.iter().chain(OLD).find(|(number, ..)| self.is(*number));
        known.map(|&(_, name, on_descriptor)| (name, on_descriptor))
    }

    /// Whether only an event can end it, however long it takes: no time-out.
    fn waits_for_ever(self) -> bool {
        let arguments = self.arguments;
        match self.name().map(|(name, _)| name) {
            None | Some("nanosleep" | "clock_nanosleep") => false,
            Some("poll") => arguments[2] as i32 == -1,
            Some("ppoll" | "rt_sigtimedwait") => arguments[2] == 0,
            Some("select" | "pselect6") => arguments[4] == 0,
            Some("epoll_wait" | "epoll_pwait") => arguments[3] as i32 == -1,
            Some("fcntl") => [libc::F_SETLKW as u64, OFD_SETLKW].contains(&arguments[1]),
            Some("futex") => {
                let waits = FUTEX_WAITS.contains(&(arguments[1] & FUTEX_OPERATION));
                self.looks_again() || (waits && arguments[3] == 0)
            }
            Some(_) => true,
        }
    }

    /// Whether it waits for a lock that processes share, and just looks from time to time whether it was forgotten. That
    /// ends no deadlock.
    fn looks_again(self) -> bool {
        self.is(libc::SYS_futex) && self.arguments[1] & !FUTEX_CLOCK_REALTIME == SHARED_WAIT_UNTIL
    }

    /// The descriptors that it waits on, each with whether it wants to write.
    fn descriptors(self, pid: u32) -> Vec<(i32, bool)> {
        if self.is_poll() {
            return polled(pid, self.arguments[0], self.arguments[1]);
        }
        match self.name() {
            Some((name, true)) => {
                let writes = name.starts_with("write") || name.starts_with("send");
                vec![(self.arguments[0] as i32, writes)]
            }
            _ => Vec::new(),
        }
    }
}

/// The descriptors in an array of `struct pollfd` in another process's memory.
fn polled(pid: u32, address: u64, length: u64) -> Vec<(i32, bool)> {
    const SIZE: usize = size_of::<libc::pollfd>();
    let mut bytes = vec![0; SIZE * length.min(64) as usize];
    let read = File::open(format!("/proc/{pid}/mem"))
        .and_then(|memory| memory.read_exact_at(&mut bytes, address));
    if read.is_err() {
        return Vec::new();
    }
    // An int, then a short with the events that are waited for.
    let entries = bytes.chunks_exact(SIZE).map(|entry| {
        let number = i32::from_ne_bytes([entry[0], entry[1], entry[2], entry[3]]);
        let events = i16::from_ne_bytes([entry[4], entry[5]]);
        (number, events & libc::POLLOUT != 0)
    });
    entries.filter(|&(number, _)| number >= 0).collect()
}

/// Whether none of these processes can go on by itself: each thread waits without a time-out, or is stopped.
///
/// Waiting for input from `outside` (the targets of descriptors that the checker holds the other end of) is no deadlock.
pub(crate) fn all_wait_for_ever(processes: &[Seen], outside: &[String]) -> bool {
    let mut living = processes.iter().filter(|it| !it.is_zombie()).peekable();
    living.peek().is_some() && living.all(|process| waits_for_ever(process, outside))
}

fn waits_for_ever(process: &Seen, outside: &[String]) -> bool {
    let pid = process.pid;
    match process.state {
        'T' | 't' => true,
        'S' | 'D' => threads_of(pid).into_iter().all(|thread| {
            call(pid, thread).is_some_and(|call| {
                call.waits_for_ever()
                    && !call.descriptors(pid).iter().any(|&(number, _)| {
                        descriptor(pid, number).is_some_and(|it| outside.contains(&it.target))
                    })
            })
        }),
        _ => false,
    }
}

/// How often the threads of these processes have gone to sleep: while it stays the same, nothing happens. Of a thread that
/// just looks at its lock again and again, which lock it is.
pub(crate) fn sleeps(processes: &[Seen]) -> u64 {
    let count = |pid: u32, thread: u32| -> Option<u64> {
        if let Some(call) = call(pid, thread).filter(|call| call.looks_again()) {
            return Some(call.arguments[0]);
        }
        let path = format!("/proc/{pid}/task/{thread}/status");
        field(&path, "voluntary_ctxt_switches:")?.parse().ok()
    };
    let living = processes.iter().filter(|process| !process.is_zombie());
    living
        .flat_map(|it| threads_of(it.pid).into_iter().filter_map(move |id| count(it.pid, id)))
        .sum()
}
