//! What each process waits for, in words.

use std::collections::BTreeSet;
use std::fs;

use lesson::text;
use nix::libc;

use super::{Call, Doing, Moment};
use crate::processes::{Descriptor, Seen, descriptor, descriptors_of, field};
use crate::sockets;

/// So many processes are described.
const MOST_LINES: usize = 12;

impl Moment {
    /// A line for each process, on what it is doing, for the reader: the living first, and no more than can be read.
    pub(crate) fn describe(&self, processes: &[Seen], stdin: &str) -> Vec<String> {
        let (dead, living): (Vec<_>, Vec<_>) = processes.iter().partition(|it| it.is_zombie());
        let chosen = living.into_iter().chain(dead).take(MOST_LINES);
        let mut lines: Vec<String> =
            chosen.map(|process| self.describe_one(process, processes, stdin)).collect();
        let more = processes.len() - lines.len();
        if more > 0 {
            lines.push(text!("and {more} more", "ほか{more}個"));
        }
        lines
    }

    fn describe_one(&self, process: &Seen, all: &[Seen], stdin: &str) -> String {
        let (pid, name) = (process.pid, &process.name);
        let running = || text!("running", "実行中");
        let doing = match process.state {
            'Z' | 'X' => {
                text!("has ended, nobody has reaped it", "終了していますが、回収されていません")
            }
            'T' | 't' => text!("stopped by a signal", "シグナルで停止中"),
            'R' => running(),
            _ => {
                let threads = self.threads(pid).iter().filter_map(|&(thread, doing)| match doing {
                    Doing::Runs => Some(running()),
                    Doing::Waits(call) => Some(describe_call(call, pid, thread, all, stdin)),
                    Doing::Unknown => None,
                });
                threads.collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>().join("; ")
            }
        };
        format!("PID {pid} ({name}): {doing}")
    }
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
    let other_end = sockets::peer(&target);
    if !found.is_pipe && other_end.is_none() {
        return text!("descriptor {number} ({target})", "ファイルディスクリプタ{number}({target})");
    }
    // Who could write what it waits for, or read what it wants to write?
    let holds = |other: &&Seen| {
        let same = |it: &Descriptor| match &other_end {
            Some(end) => it.target == *end,
            None => it.target == target && if writes { it.reads } else { it.writes },
        };
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
    match (other_end.is_some(), writes) {
        (true, true) => text!(
            "socket {number}, full; other end held by: {holders}",
            "ソケット{number}(満杯、もう一方の端の保持者: {holders})"
        ),
        (true, false) => text!(
            "socket {number}, empty; other end held by: {holders}",
            "ソケット{number}(空、もう一方の端の保持者: {holders})"
        ),
        (false, true) => text!(
            "pipe {number}, full; read end held by: {holders}",
            "パイプ{number}(満杯、読み込み側の保持者: {holders})"
        ),
        (false, false) => text!(
            "pipe {number}, empty; write end held by: {holders}",
            "パイプ{number}(空、書き込み側の保持者: {holders})"
        ),
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
