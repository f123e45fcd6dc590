//! What a process is blocked in: which system call, what it waits for, and where in the kernel.
//!
//! From `/proc/PID/task/TID/{syscall,wchan}`, `/proc/PID/fd` and `/proc/PID/fdinfo`: see `proc(5)`. A process that
//! waits for ever and one that waits for a while look the same but for the arguments of the call. `describe`: in words.

mod describe;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::time::Duration;

use nix::libc;
use nix::sys::time::TimeSpec;
use nix::time::ClockId;

use crate::processes::{Seen, descriptor, field, threads_of};

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    Runs,
    Waits(Call),
    /// It is stopped, or we may not look.
    Unknown,
}

/// A system call that a thread is in, with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Call {
    number: i64,
    arguments: [u64; 6],
    /// It waits for a lock that processes share, and just looks from time to time whether it was forgotten: that ends no
    /// deadlock.
    looks_again: bool,
}

/// The numbers of `futex(2)` operations that wait, without their flags.
const FUTEX_WAITS: [u64; 3] = [0, 6, 9];
const FUTEX_OPERATION: u64 = 0x7f;
/// `FUTEX_WAIT_BITSET` on a word that other processes see (without `FUTEX_PRIVATE_FLAG`), until a time by the monotonic
/// clock (without `FUTEX_CLOCK_REALTIME`).
const SHARED_WAIT_UNTIL: u64 = 9;
/// Who looks at a shared lock again does it this soon; `queue::shared` after 100 ms.
const SOON: Duration = Duration::from_millis(150);
/// `F_OFD_SETLKW`, which `libc` has only for some systems.
const OFD_SETLKW: u64 = 38;

fn doing(pid: u32, thread: u32) -> Doing {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{thread}/syscall"));
    let text = text.unwrap_or_default();
    if text.trim() == "running" {
        return Doing::Runs;
    }
    call(pid, &text).map_or(Doing::Unknown, Doing::Waits)
}

/// The call's number and its six arguments.
fn call(pid: u32, text: &str) -> Option<Call> {
    let mut words = text.split_whitespace();
    let number = words.next()?.parse().ok()?;
    let mut arguments = [0; 6];
    for argument in &mut arguments {
        *argument = u64::from_str_radix(words.next()?.trim_start_matches("0x"), 16).ok()?;
    }
    let shared_wait = number == libc::SYS_futex && arguments[1] == SHARED_WAIT_UNTIL;
    let looks_again = shared_wait && is_soon(pid, arguments[3]).unwrap_or(false);
    Some(Call { number, arguments, looks_again })
}

/// Whether the time at an address in another process's memory, a `struct timespec` of a 64-bit system, is near or past.
fn is_soon(pid: u32, address: u64) -> Option<bool> {
    let mut bytes = [0; 16];
    File::open(format!("/proc/{pid}/mem")).ok()?.read_exact_at(&mut bytes, address).ok()?;
    let [seconds, nanoseconds] =
        [0, 8].map(|at| bytes[at..at + 8].try_into().map(i64::from_ne_bytes));
    let until = TimeSpec::new(seconds.ok()?, nanoseconds.ok()?);
    Some(until <= ClockId::CLOCK_MONOTONIC.now().ok()? + TimeSpec::from(SOON))
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
                self.looks_again || (waits && arguments[3] == 0)
            }
            Some(_) => true,
        }
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

/// What the threads of the processes that live do, at one moment.
#[derive(Debug)]
pub(crate) struct Moment(BTreeMap<u32, Vec<(u32, Doing)>>);

impl Moment {
    pub(crate) fn of(processes: &[Seen]) -> Self {
        let threads = |pid| threads_of(pid).into_iter().map(|id| (id, doing(pid, id))).collect();
        let living = processes.iter().filter(|it| !it.is_zombie());
        Self(living.map(|it| (it.pid, threads(it.pid))).collect())
    }

    fn threads(&self, pid: u32) -> &[(u32, Doing)] {
        self.0.get(&pid).map_or(&[], Vec::as_slice)
    }

    /// Whether a thread runs.
    pub(crate) fn something_runs(&self) -> bool {
        self.0.values().flatten().any(|&(_, doing)| doing == Doing::Runs)
    }

    /// Whether none of these processes can go on by itself: each thread waits without a time-out, or is stopped.
    ///
    /// Waiting for input from `outside` (the targets of descriptors that the checker holds the other end of) is no deadlock.
    pub(crate) fn all_wait_for_ever(&self, processes: &[Seen], outside: &[String]) -> bool {
        let mut living = processes.iter().filter(|it| !it.is_zombie()).peekable();
        living.peek().is_some() && living.all(|process| self.waits_for_ever(process, outside))
    }

    fn waits_for_ever(&self, process: &Seen, outside: &[String]) -> bool {
        let pid = process.pid;
        let on_outside = |call: &Call| {
            call.descriptors(pid).iter().any(|&(number, _)| {
                descriptor(pid, number).is_some_and(|it| outside.contains(&it.target))
            })
        };
        match process.state {
            'T' | 't' => true,
            'S' | 'D' => self.threads(pid).iter().all(|(_, doing)| match doing {
                Doing::Waits(call) => call.waits_for_ever() && !on_outside(call),
                Doing::Runs | Doing::Unknown => false,
            }),
            _ => false,
        }
    }

    /// How often these threads have gone to sleep: while it stays the same, nothing happens. Of a thread that just looks
    /// at its lock again and again, which lock it is.
    pub(crate) fn sleeps(&self) -> u64 {
        let count = |pid: u32, thread: u32, doing: Doing| -> Option<u64> {
            if let Doing::Waits(Call { looks_again: true, arguments, .. }) = doing {
                return Some(arguments[0]);
            }
            let path = format!("/proc/{pid}/task/{thread}/status");
            field(&path, "voluntary_ctxt_switches:")?.parse().ok()
        };
        let threads =
            self.0.iter().flat_map(|(&pid, threads)| threads.iter().map(move |it| (pid, it)));
        threads
            .filter_map(|(pid, &(thread, doing))| count(pid, thread, doing))
            .fold(0, u64::wrapping_add)
    }
}
