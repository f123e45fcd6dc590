//! The only unsafe code of this crate: what a program does with a signal (`sigaction(2)`).
#![expect(unsafe_code, reason = "sigaction(2)")]

use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

static CAUGHT: AtomicU64 = AtomicU64::new(0);

extern "C" fn count(_: libc::c_int) {
    CAUGHT.fetch_add(1, Ordering::Relaxed);
}

/// Has every such signal counted from now on, here and in children by fork. Whatever call it comes into, that call
/// is broken off (`EINTR`): the kernel is not asked to begin it again (`SA_RESTART`).
pub(crate) fn catch(signal: Signal) -> nix::Result<()> {
    set(signal, SigHandler::Handler(count))
}

/// How many signals were caught in this process.
pub(crate) fn caught() -> u64 {
    CAUGHT.load(Ordering::Relaxed)
}

/// Ignores a signal from now on, here and in children. Of `SIGCHLD` this means: nobody wants to know how a child ends.
pub(crate) fn ignore(signal: Signal) -> nix::Result<()> {
    set(signal, SigHandler::SigIgn)
}

/// Has a signal do what it does by default from now on, here and in children.
pub(crate) fn heed(signal: Signal) -> nix::Result<()> {
    set(signal, SigHandler::SigDfl)
}

fn set(signal: Signal, handler: SigHandler) -> nix::Result<()> {
    let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
    // SAFETY: there is no handler, or the one that adds to an atomic number and does nothing else, which is
    // async-signal-safe (`signal-safety(7)`).
    unsafe { sigaction(signal, &action) }.map(drop)
}
