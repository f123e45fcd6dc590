//! What can go wrong, with the facts in fields and the next step in the message.

use std::fmt;
use std::io;

use lesson::text;
use nix::errno::Errno;
use nix::unistd::Pid;
use thiserror::Error;

use crate::outcome::End;

/// Why no process was started. The arguments are dropped, as if they had been handed over.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SpawnError {
    /// A fork would copy this one thread only, and the locks the others hold with it.
    Threads {
        /// How many threads there are.
        threads: usize,
    },
    /// `/proc` cannot be read, so the threads cannot be counted.
    NoProc {
        /// Why not.
        source: io::Error,
    },
    /// The system refused.
    System {
        /// The call that failed.
        call: &'static str,
        /// Why: `EAGAIN` (no more processes allowed), `ENOMEM`, `EMFILE` (no more descriptors) …
        source: Errno,
    },
    /// The arguments cannot be encoded.
    Args {
        /// Why not.
        source: postcard::Error,
    },
    /// The exec start method needs the target to be [registered](crate::register) first in `main`.
    NotRegistered {
        /// The target's name.
        target: &'static str,
    },
    /// This process was itself started to run one target, but its `main` wants to start another before it
    /// registered that one: each child would start the next, for ever.
    NotClaimed,
}

impl fmt::Display for SpawnError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Threads { threads } => text!(
                "cannot fork: this process has {threads} threads, and a forked child would have one, with \
                 the others' locks held for ever; start processes before threads, or use StartMethod::Exec \
                 (in tests: `harness = false`)",
                "フォークできません: このプロセスには{threads}個のスレッドがあります。子プロセスには1個しか残らず、ほかのスレッドが持つ\
                 ロックは永久に解放されません。スレッドより先にプロセスを開始するか、StartMethod::Execを使ってください\
                 (テストでは`harness = false`)"
            ),
            Self::NoProc { source } => text!(
                "cannot count the threads before a fork: /proc cannot be read ({source}); mount it: \
                 mount -t proc proc /proc",
                "フォークの前にスレッドを数えられません: /procを読めません({source})。次のようにマウントしてください: \
                 mount -t proc proc /proc"
            ),
            Self::System { call, source } => {
                let hint = hint(*source);
                text!("{call} failed: {source}{hint}", "{call}が失敗しました: {source}{hint}")
            }
            Self::Args { source } => text!(
                "the arguments cannot be encoded: {source}",
                "引数をエンコードできません: {source}"
            ),
            Self::NotRegistered { target } => text!(
                "the exec start method cannot find {target} in a new process: call \
                 process::register with it first in main",
                "exec開始方式では新しいプロセスで{target}を見つけられません: mainの最初で\
                 process::registerに渡してください"
            ),
            Self::NotClaimed => text!(
                "this process was started to run a target that main did not register: register every \
                 target before anything else in main",
                "このプロセスが実行するはずのターゲットをmainが登録していません: mainのいちばん最初ですべてのターゲットを登録してください"
            ),
        })
    }
}

/// The number behind an error of the standard library; `EIO` for one that has none.
pub(crate) fn errno(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

/// What to do about an error of the system, as an addition to its own text.
fn hint(error: Errno) -> String {
    match error {
        Errno::EAGAIN => text!(
            "; no more processes are allowed: see `ulimit -u` and the cgroup's pids.max",
            "。これ以上プロセスを作れません: `ulimit -u`とcgroupのpids.maxを確認してください"
        ),
        Errno::EMFILE => text!(
            "; this process may not open more descriptors: see `ulimit -n`",
            "。これ以上ファイルディスクリプタを開けません: `ulimit -n`を確認してください"
        ),
        Errno::ENFILE => text!(
            "; the whole system may not open more files: see /proc/sys/fs/file-max",
            "。システム全体でこれ以上ファイルを開けません: /proc/sys/fs/file-maxを確認してください"
        ),
        Errno::ENOENT => text!(
            "; a new process begins with /proc/self/exe: is /proc mounted?",
            "。新しいプロセスは/proc/self/exeから始まります: /procがマウントされているか確認してください"
        ),
        Errno::ESRCH => text!(
            "; the process was reaped by something else: is SIGCHLD ignored?",
            "。プロセスはほかの処理に回収されました: SIGCHLDを無視していないか確認してください"
        ),
        Errno::ENOMEM => text!("; there is not enough memory", "。メモリが足りません"),
        Errno::ENOSYS => text!("; this needs Linux 5.9 or later", "。Linux 5.9以降が必要です"),
        _ => String::new(),
    }
}

/// Why a join gives no value, or a wait no end.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JoinError {
    /// The process ended, and its target had not returned.
    Ended {
        /// The process's name.
        name: String,
        /// Its pid, which may be somebody else's by now.
        pid: Pid,
        /// How it ended.
        end: End,
    },
    /// Its target returned, but the value did not come back whole.
    Result {
        /// The process's name.
        name: String,
        /// Its pid, which may be somebody else's by now.
        pid: Pid,
        /// What could not be encoded, stored or decoded.
        reason: String,
    },
    /// The system refused to wait for it. `ECHILD`: something else reaped it (a `waitpid(-1)`, or
    /// `SIGCHLD` is ignored).
    Wait {
        /// The process's pid.
        pid: Pid,
        /// Why.
        source: Errno,
    },
}

impl fmt::Display for JoinError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Ended { name, pid, end } => {
                text!("process {name} (PID: {pid}) {end}", "プロセス{name}(PID: {pid})は{end}")
            }
            Self::Result { name, pid, reason } => text!(
                "process {name} (PID: {pid}) returned, but its result is lost: {reason}",
                "プロセス{name}(PID: {pid})の戻り値を受け取れません: {reason}"
            ),
            Self::Wait { pid, source } => text!(
                "cannot wait for process {pid}: {source}; is SIGCHLD ignored, or does something else reap?",
                "プロセス{pid}の終了を待てません: {source}。SIGCHLDを無視していないか、ほかの処理が回収していないか確認してください"
            ),
        })
    }
}
