//! Waiting on a word as processes that share it do.
#![expect(unsafe_code, reason = "futex(2)")]

use std::sync::atomic::AtomicU32;
use std::time::Duration;

use nix::libc;
use nix::sys::time::TimeSpec;
use nix::time::ClockId;

/// Sleeps on a word that nobody changes, for as long, as `sem_clockwait` does on a semaphore that processes share.
pub(crate) fn wait_in_vain(time: Duration) {
    let word = AtomicU32::new(0);
    let until = ClockId::CLOCK_MONOTONIC.now().expect("a clock") + TimeSpec::from(time);
    // SAFETY: the word and the time live across the call, which reads them.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT_BITSET,
            0,
            std::ptr::from_ref(until.as_ref()),
            std::ptr::null::<u32>(),
            libc::FUTEX_BITSET_MATCH_ANY,
        );
    }
}
