//! The rest of a large message: a memfd that travels in its packet, and that the kernel frees with it.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::file_limit;

/// Writes a rest into a new memfd.
pub(super) fn store(rest: &[u8]) -> nix::Result<File> {
    file_limit::allows(rest.len() as u64)?;
    let memfd = File::from(memfd_create(c"message", MFdFlags::MFD_CLOEXEC)?);
    match memfd.write_all_at(rest, 0) {
        Ok(()) => Ok(memfd),
        Err(error) => Err(errno(&error)),
    }
}

/// Reads a rest into `buffer`, from `begin` to `end`; makes the buffer longer if it has to.
///
/// # Errors
///
/// `EBADMSG` if the memfd holds more or less; `ENOMEM` if there is no memory for it here.
pub(super) fn load(
    memfd: OwnedFd,
    buffer: &mut Vec<u8>,
    begin: usize,
    end: usize,
) -> nix::Result<()> {
    let memfd = File::from(memfd);
    // What the packet says of the length is believed only as far as the memfd bears it out.
    let there = memfd.metadata().map_err(|error| errno(&error))?.len();
    if end.checked_sub(begin).map(|length| length as u64) != Some(there) {
        return Err(Errno::EBADMSG);
    }
    // The memfd may claim any length without having the memory for it.
    let more = end.saturating_sub(buffer.len());
    buffer.try_reserve_exact(more).map_err(|_| Errno::ENOMEM)?;
    buffer.resize(buffer.len() + more, 0);
    memfd.read_exact_at(&mut buffer[begin..end], 0).map_err(|_| Errno::EBADMSG)
}

fn errno(error: &io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))
}
