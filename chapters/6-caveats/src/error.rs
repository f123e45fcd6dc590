//! What can go wrong with shared data.

use std::fmt;

use lesson::text;
use queue::shared::LockError;
use thiserror::Error;

/// Why shared data was not read or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SharedError {
    /// The lock was not got.
    Lock(#[from] LockError),
    /// A process was killed while it held the lock: the data may be half changed. Nothing was done.
    ///
    /// This is told once, to whoever comes next. The lock works again after it.
    OwnerDied,
}

impl fmt::Display for SharedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lock(error) => error.fmt(formatter),
            Self::OwnerDied => formatter.write_str(&text!(
                "the last owner of the lock died, so the data may be half changed: \
                 look at it through lock(), and repair it",
                "ロックの前の持ち主が終了したので、データは変更の途中かもしれません: \
                 lock()で内容を確かめて修復してください"
            )),
        }
    }
}
