//! What a process is blocked in: which system call, what it waits for, and where in the kernel.
//!
//! From `/proc/PID/task/TID/{syscall,wchan}`, `/proc/PID/fd` and `/proc/PID/fdinfo`: see `proc(5)`. A process that
//! waits for ever and one that waits for a while look the same but for the arguments of the call.

use std::collections::BTreeSet;
use std::fs;
use std::fs::File;
use std::os::unix::fs::FileExt;

use lesson::text;

use crate::processes::{Descriptor, Seen, descriptor, descriptors_of, field, threads_of};

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
/// So many processes are described.
const MOST_LINES: usize = 12;

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

/// A line for each process, on what it is doing, for the reader: the living first, and no more than can be read.
pub(crate) fn describe(processes: &[Seen], stdin: &str) -> Vec<String> {
    let (dead, living): (Vec<&Seen>, Vec<&Seen>) = processes.iter().partition(|it| it.is_zombie());
    let chosen = living.into_iter().chain(dead).take(MOST_LINES);
    let mut lines: Vec<String> =
        chosen.map(|process| describe_one(process, processes, stdin)).collect();
    let more = processes.len() - lines.len();
    if more > 0 {
        lines.push(text!("and {more} more", "ほか{more}個"));
    }
    lines
}

fn describe_one(process: &Seen, all: &[Seen], stdin: &str) -> String {
    let (pid, name) = (process.pid, &process.name);
    let doing = match process.state {
        'Z' | 'X' => {
            text!("has ended, nobody has reaped it", "終了していますが、回収されていません")
        }
        'T' | 't' => text!("stopped by a signal", "シグナルで停止中"),
        'R' => text!("running", "実行中"),
        _ => {
            let threads: BTreeSet<u32> = threads_of(pid);
            let calls = threads.into_iter().filter_map(|thread| {
                call(pid, thread).map(|call| describe_call(call, pid, thread, all, stdin))
            });
            calls.collect::<BTreeSet<String>>().into_iter().collect::<Vec<String>>().join("; ")
        }
    };
    format!("PID {pid} ({name}): {doing}")
}

fn describe_call(call: Call, pid: u32, thread: u32, all: &[Seen], stdin: &str) -> String {
    let name = call.name().map_or_else(
        || text!("system call {}", "システムコール{}", call.number),
        |(name, _)| name.to_owned(),
    );
    let mut what: Vec<String> = call
        .descriptors(pid)
        .into_iter()
        .map(|(number, writes)| describe_descriptor(pid, number, writes, all, stdin))
        .collect();
    match name.as_str() {
        "wait4" | "waitid" => what.extend(awaited(call, &name, pid)),
        "futex" => what.push(describe_futex(pid, call.arguments[0])),
        "nanosleep" | "clock_nanosleep" => what.push(text!("a time", "時刻")),
        _ => {}
    }
    let what = if what.is_empty() { String::new() } else { format!(" ← {}", what.join(", ")) };
    let place = fs::read_to_string(format!("/proc/{pid}/task/{thread}/wchan")).unwrap_or_default();
    let place = match place.trim() {
        "" | "0" => String::new(),
        place => text!(" [kernel: {place}]", " [カーネル: {place}]"),
    };
    format!("{name}{what}{place}")
}

fn awaited(call: Call, name: &str, pid: u32) -> Option<String> {
    let [kind, id, ..] = call.arguments;
    let of = |pid: i64| text!("the end of PID {pid}", "PID {pid}の終了");
    let of_any = || text!("the end of any child", "いずれかの子プロセスの終了");
    Some(match (name, kind as u32) {
        ("wait4", _) if kind as i32 > 0 => of(i64::from(kind as i32)),
        ("waitid", libc::P_PID) => of(id as i64),
        ("waitid", libc::P_PIDFD) => {
            of(field(&format!("/proc/{pid}/fdinfo/{id}"), "Pid:")?.parse().ok()?)
        }
        _ => of_any(),
    })
}

fn describe_descriptor(pid: u32, number: i32, writes: bool, all: &[Seen], stdin: &str) -> String {
    let Some(found) = descriptor(pid, number) else {
        return text!("descriptor {number}", "ファイルディスクリプタ{number}");
    };
    let target = found.target;
    if target == stdin {
        return text!("standard input", "標準入力");
    }
    if target.starts_with("anon_inode:[pidfd]") {
        let path = format!("/proc/{pid}/fdinfo/{number}");
        let of = field(&path, "Pid:").unwrap_or_default();
        return text!("the end of PID {of}", "PID {of}の終了");
    }
    if !found.is_pipe {
        return text!("descriptor {number} ({target})", "ファイルディスクリプタ{number}({target})");
    }
    // Who could write what it waits for, or read what it wants to write?
    let holds = |other: &&Seen| {
        let same =
            |it: &Descriptor| it.target == target && if writes { it.reads } else { it.writes };
        descriptors_of(other.pid).iter().any(same)
    };
    let name = |other: &Seen| {
        if other.pid == pid {
            text!("PID {pid} itself", "PID {pid}自身")
        } else {
            format!("PID {}", other.pid)
        }
    };
    let holders: Vec<String> = all.iter().filter(holds).map(name).collect();
    let holders = if holders.is_empty() {
        text!("nobody here", "誰も持っていません")
    } else {
        holders.join(", ")
    };
    if writes {
        text!(
            "pipe {number}, full; read end held by: {holders}",
            "パイプ{number}(満杯、読み込み側の保持者: {holders})"
        )
    } else {
        text!(
            "pipe {number}, empty; write end held by: {holders}",
            "パイプ{number}(空、書き込み側の保持者: {holders})"
        )
    }
}

/// A futex is a word in memory: whose memory it is says whether another process can wake it.
fn describe_futex(pid: u32, address: u64) -> String {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    let map = maps.lines().find(|line| {
        let range = line.split_once(' ').and_then(|(range, _)| range.split_once('-'));
        let number = |text: &str| u64::from_str_radix(text, 16).ok();
        range.is_some_and(|(from, to)| {
            number(from).is_some_and(|from| from <= address)
                && number(to).is_some_and(|to| address < to)
        })
    });
    let mut fields = map.unwrap_or_default().split_whitespace();
    let shared = fields.nth(1).is_some_and(|rights| rights.ends_with('s'));
    let file = fields.nth(3).unwrap_or_default();
    if shared {
        text!("a lock in shared memory {file}", "共有メモリ{file}のロック")
    } else {
        text!("a lock or thread of its own", "自分のロックまたはスレッド")
    }
}
