//! How long a file may grow (`RLIMIT_FSIZE`, `ulimit -f`): asked before, because crossing it is a signal that kills.

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit};

/// Whether this process may write a file of this length, be it in memory only.
///
/// # Errors
///
/// `EFBIG` if not. The write itself would say so by `SIGXFSZ`, which ends the process.
pub(crate) fn allows(length: u64) -> nix::Result<()> {
    let (limit, _) = getrlimit(Resource::RLIMIT_FSIZE)?;
    if length > limit { Err(Errno::EFBIG) } else { Ok(()) }
}
