//! What can go wrong with an item, with the item in it where there is one.

use std::fmt;

use lesson::text;
use nix::errno::Errno;
use thiserror::Error;

/// Why an item was not sent. It is given back: nothing of it has left.
#[derive(Error)]
#[non_exhaustive]
pub enum PutError<T> {
    /// There is no room now. Only from `try_…`.
    Full(T),
    /// There was no room in time. Only from `…_timeout`.
    Timeout(T),
    /// Nobody can receive any more: every receiving end is closed, or its processes have ended.
    Disconnected(T),
    /// This handle was closed for sending.
    Closed(T),
    /// The item cannot be encoded, for example because it holds a descriptor.
    Encode {
        /// The item.
        item: T,
        /// Why not.
        source: postcard::Error,
    },
    /// The system refused: `EMFILE`, `ENOSPC`, `ENOMEM` or `EFBIG` for a large item; `EUSERS` in a ring with too many.
    System {
        /// The item.
        item: T,
        /// Why.
        source: Errno,
    },
}

impl<T> PutError<T> {
    /// The item that was not sent.
    pub fn into_item(self) -> T {
        match self {
            Self::Full(item)
            | Self::Timeout(item)
            | Self::Disconnected(item)
            | Self::Closed(item) => item,
            Self::Encode { item, .. } | Self::System { item, .. } => item,
        }
    }
}

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Full(_) => text!("the queue is full", "キューがいっぱいです"),
            Self::Timeout(_) => {
                text!("the queue stayed full until the timeout", "時間内にキューが空きませんでした")
            }
            Self::Disconnected(_) => text!(
                "nobody can receive any more: all receiving ends are closed",
                "受信する側がすべて閉じられています"
            ),
            Self::Closed(_) => text!(
                "this handle was closed for sending",
                "このハンドルは送信側を閉じています"
            ),
            Self::Encode { source, .. } => text!(
                "the item cannot be encoded: {source} (a descriptor travels only in the arguments of a spawn)",
                "値をエンコードできません: {source}(ファイルディスクリプタを渡せるのはspawnの引数だけです)"
            ),
            Self::System { source, .. } => {
                text!("the item cannot be sent: {source}", "値を送信できません: {source}")
            }
        })
    }
}

/// Without the item, which need not be printable.
impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Full(_) => "Full",
            Self::Timeout(_) => "Timeout",
            Self::Disconnected(_) => "Disconnected",
            Self::Closed(_) => "Closed",
            Self::Encode { .. } => "Encode",
            Self::System { .. } => "System",
        };
        write!(formatter, "{name}(..)")
    }
}

/// Why no item was received.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GetError {
    /// There is nothing now. Only from `try_…`.
    Empty,
    /// Nothing came in time. Only from `…_timeout`.
    Timeout,
    /// The end of the stream: nothing is left, and nobody can send any more.
    Disconnected,
    /// What came is no item of this type. It is gone; the next one is not affected.
    Decode {
        /// Why not.
        source: postcard::Error,
    },
    /// The system refused. With `EMFILE` or `ENOMEM` a large item is lost: there was no descriptor or memory for it;
    /// `EUSERS` says that too many take part in a ring.
    System {
        /// Why.
        source: Errno,
    },
}

impl fmt::Display for GetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Empty => text!("the queue is empty", "キューは空です"),
            Self::Timeout => {
                text!("nothing came until the timeout", "時間内に何も届きませんでした")
            }
            Self::Disconnected => text!(
                "the end: nothing is left, and nobody can send any more",
                "終わりです: 残りはなく、送信する側もいません"
            ),
            Self::Decode { source } => {
                text!(
                    "what came cannot be decoded: {source}",
                    "届いた値をデコードできません: {source}"
                )
            }
            Self::System { source } => {
                text!("cannot receive: {source}", "受信できません: {source}")
            }
        })
    }
}
