//! Sleeping until somebody else has changed something, between processes (`futex(2)`).

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{BELLS, Memory};

/// Whom a bell wakes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bell {
    /// Consumers, when an item was put.
    Put = 0,
    /// Producers, when an item was got.
    Got = 1,
}

/// What a bell's word was when its sleeper announced himself. Odd.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket(u32);

impl Memory {
    /// Odd while somebody may be asleep; each ring makes it the next even number. A mere flag, set again by the next
    /// sleeper, would let one sleep through the ring that came before he had closed his eyes.
    fn bell(&self, bell: Bell) -> &AtomicU32 {
        // SAFETY: as for the words; the offset is a multiple of 4.
        unsafe { self.at(BELLS[bell as usize]).cast().as_ref() }
    }

    /// Says that somebody is about to sleep until the bell rings. What it waits for has to be looked at once more
    /// after this.
    pub(crate) fn announce_sleep(&self, bell: Bell) -> Ticket {
        Ticket(self.bell(bell).fetch_or(1, Ordering::SeqCst) | 1)
    }

    /// Sleeps until the bell rings, or so long; not at all if it has rung since the announcement.
    pub(crate) fn sleep(&self, bell: Bell, ticket: Ticket, at_most: Duration) {
        let time = libc::timespec {
            tv_sec: at_most.as_secs() as libc::time_t,
            tv_nsec: at_most.subsec_nanos().into(),
        };
        let word = self.bell(bell).as_ptr();
        // SAFETY: the word is a mapped futex; without the private flag it works between processes.
        unsafe {
            libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAIT, ticket.0, &raw const time)
        };
    }

    /// Wakes who sleeps. The caller has made its change with sequentially consistent order before.
    pub(crate) fn ring(&self, bell: Bell) {
        let bell = self.bell(bell);
        let seen = bell.load(Ordering::SeqCst);
        // If the exchange fails, somebody else has just rung.
        if seen % 2 == 1
            && bell
                .compare_exchange(seen, seen.wrapping_add(1), Ordering::SeqCst, Ordering::Relaxed)
                .is_ok()
        {
            // SAFETY: as in `sleep`.
            unsafe { libc::syscall(libc::SYS_futex, bell.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
        }
    }
}
