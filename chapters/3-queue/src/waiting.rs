//! How long a call waits, and why it came to nothing: the same for sockets and rings.

use nix::errno::Errno;
use process::ready::Deadline;

use crate::error::{GetError, PutError};

/// How long a call waits when it cannot go on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// Not at all.
    None,
    /// Until then.
    Until(Deadline),
}

/// For ever.
pub(crate) const FOR_EVER: Patience = Patience::Until(Deadline::NEVER);

/// Why a message did not go out.
#[derive(Debug)]
pub(crate) enum NotSent {
    Full,
    Timeout,
    Disconnected,
    System(Errno),
}

/// Why none came in.
#[derive(Debug)]
pub(crate) enum NotReceived {
    Empty,
    Timeout,
    Disconnected,
    System(Errno),
}

impl NotSent {
    /// The error for the caller, who gets the item back.
    pub(crate) fn with<T>(self, item: T) -> PutError<T> {
        match self {
            Self::Full => PutError::Full(item),
            Self::Timeout => PutError::Timeout(item),
            Self::Disconnected => PutError::Disconnected(item),
            Self::System(source) => PutError::System { item, source },
        }
    }
}

impl From<NotReceived> for GetError {
    fn from(reason: NotReceived) -> Self {
        match reason {
            NotReceived::Empty => Self::Empty,
            NotReceived::Timeout => Self::Timeout,
            NotReceived::Disconnected => Self::Disconnected,
            NotReceived::System(source) => Self::System { source },
        }
    }
}

impl From<Errno> for NotSent {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

impl From<Errno> for NotReceived {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}
