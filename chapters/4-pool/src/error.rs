//! What can go wrong with a pool and with a single task.

use std::fmt;

use lesson::text;
use nix::errno::Errno;
use nix::unistd::Pid;
use process::{End, SpawnError};
use thiserror::Error;

/// Why there is no pool.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PoolError {
    /// A pool without workers could never do anything.
    NoWorkers,
    /// A worker was not started; those that were are ended again.
    Spawn {
        /// Why not.
        source: SpawnError,
    },
    /// A worker's initializer panicked or ended it.
    Initializer {
        /// The worker's pid, which may be somebody else's by now.
        pid: Pid,
        /// What it said, or how the worker ended.
        reason: String,
    },
    /// The initializer's arguments cannot be encoded.
    InitializerArgs {
        /// Why not.
        reason: String,
    },
    /// The connection to a worker was not made.
    System {
        /// Why not.
        source: Errno,
    },
}

impl fmt::Display for PoolError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::NoWorkers => text!(
                "a pool needs at least one worker (pool::cores() is a good number)",
                "プールには少なくとも1つのワーカーが必要です(pool::cores()が目安です)"
            ),
            Self::Spawn { source } => {
                text!("a worker was not started: {source}", "ワーカーを開始できません: {source}")
            }
            Self::Initializer { pid, reason } => text!(
                "the initializer failed in worker {pid}: {reason}",
                "ワーカー{pid}の初期化関数が失敗しました: {reason}"
            ),
            Self::InitializerArgs { reason } => text!(
                "the initializer's arguments cannot be encoded: {reason}",
                "初期化関数の引数をエンコードできません: {reason}"
            ),
            Self::System { source } => text!(
                "no connection to a worker: {source}",
                "ワーカーとの接続を作れません: {source}"
            ),
        })
    }
}

/// Why a task has no result. The other tasks of the same call are not affected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TaskError {
    /// The function panicked. The worker goes on.
    Panicked {
        /// Which item of the call it was, from 0.
        item: usize,
        /// The worker's pid.
        pid: Pid,
        /// What it said.
        message: String,
    },
    /// The worker ended while it held this item: it was killed, or the function called `exit`. It may have done
    /// the task or a part of it. A replacement does the others.
    WorkerDied {
        /// Which item of the call it was, from 0.
        item: usize,
        /// The worker's pid, which may be somebody else's by now.
        pid: Pid,
        /// How it ended.
        end: End,
    },
    /// The item or the result cannot be encoded or decoded.
    NotCoded {
        /// Which item of the call it was, from 0.
        item: usize,
        /// Why not.
        reason: String,
    },
    /// The pool was closed before the task was done.
    PoolClosed,
    /// The pool belongs to another process: a task cannot use the pool that runs it.
    OtherProcess,
    /// Every worker has died and no replacement could be started.
    NoWorkers {
        /// Why not.
        reason: String,
    },
}

impl fmt::Display for TaskError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Panicked { item, pid, message } => text!(
                "item {item} panicked in worker {pid}: {message}",
                "項目{item}がワーカー{pid}でパニックしました: {message}"
            ),
            Self::WorkerDied { item, pid, end } => text!(
                "worker {pid} {end} while it held item {item}",
                "項目{item}を処理していたワーカー{pid}は{end}"
            ),
            Self::NotCoded { item, reason } => text!(
                "item {item} or its result cannot be encoded or decoded: {reason}",
                "項目{item}またはその結果をエンコードもデコードもできません: {reason}"
            ),
            Self::PoolClosed => text!(
                "the pool was closed before the task was done",
                "タスクが終わる前にプールが閉じられました"
            ),
            Self::OtherProcess => text!(
                "a pool works only in the process that made it: a task cannot use the pool that runs it",
                "プールを使えるのは作ったプロセスだけです: タスクは自分を実行しているプールを使えません"
            ),
            Self::NoWorkers { reason } => text!(
                "every worker has died and no replacement could be started: {reason}",
                "ワーカーがすべて終了し、代わりを開始できません: {reason}"
            ),
        })
    }
}
