//! A robust mutex for each participant: the kernel knows who is dead. And a note of what was lost with him.

use std::ptr::NonNull;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use libc::pthread_mutex_t;
use nix::errno::Errno;

use super::{MUTEX_STRIDE, MUTEXES, Memory, NOTE, SEATS};
use crate::sys::locked::check;

/// What trying to take a seat's mutex says of who sat there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seat {
    /// Nobody; the caller holds the mutex now.
    Vacant,
    /// Somebody who died; the caller holds the mutex now.
    Dead,
    /// Somebody who lives, though perhaps stopped.
    Taken,
}

impl Memory {
    pub(super) fn mutex(&self, seat: usize) -> NonNull<pthread_mutex_t> {
        self.at(MUTEXES + seat * MUTEX_STRIDE).cast()
    }

    /// Tries to take a seat's mutex. It belongs to the calling thread then, until [`leave`](Self::leave).
    pub(crate) fn try_sit(&self, seat: usize) -> nix::Result<Seat> {
        // SAFETY: the mutex was initialised before anybody else got the memory.
        match check(unsafe { libc::pthread_mutex_trylock(self.mutex(seat).as_ptr()) }) {
            Ok(()) => Ok(Seat::Vacant),
            Err(Errno::EOWNERDEAD) => Ok(Seat::Dead),
            // Deadlock: by another handle of this very thread.
            Err(Errno::EBUSY | Errno::EDEADLK) => Ok(Seat::Taken),
            Err(error) => Err(error),
        }
    }

    /// Says that a dead owner's slots are buried: the mutex is an ordinary one again, still held.
    pub(crate) fn buried(&self, seat: usize) {
        // SAFETY: this thread got the mutex with `Seat::Dead` and holds it.
        unsafe { libc::pthread_mutex_consistent(self.mutex(seat).as_ptr()) };
    }

    /// Releases a seat's mutex, which this thread holds.
    pub(crate) fn leave(&self, seat: usize) {
        // SAFETY: this thread holds the mutex: `Ring` handles are not Send, and a forked copy does not leave.
        unsafe { libc::pthread_mutex_unlock(self.mutex(seat).as_ptr()) };
    }

    /// Notes that the item of this place was lost with the sitter of a seat, whose mutex the caller holds.
    ///
    /// One word says which place was noted last and how many were: so a second burier, after the first was killed
    /// on the way, does not count it again.
    pub(crate) fn note_lost(&self, seat: usize, place: u64) {
        let note = self.atomic(MUTEXES + seat * MUTEX_STRIDE + NOTE);
        note.store(noted(note.load(Ordering::Relaxed), place), Ordering::Relaxed);
    }

    /// How many losses were noted.
    pub(crate) fn lost(&self) -> u64 {
        let note = |seat| self.atomic(MUTEXES + seat * MUTEX_STRIDE + NOTE).load(Ordering::Relaxed);
        (0..SEATS).map(|seat| count(note(seat))).sum()
    }
}

const COUNT_BITS: u32 = 24;

/// A note with this place added, unless it is the last one there.
pub(crate) fn noted(note: u64, place: u64) -> u64 {
    let count_mask = (1 << COUNT_BITS) - 1;
    // Places begin at 0, and so does a note without any.
    let place = (place + 1) << COUNT_BITS;
    if note & !count_mask == place { note } else { place | ((note + 1) & count_mask) }
}

/// How many places a note has counted.
pub(crate) fn count(note: u64) -> u64 {
    note & ((1 << COUNT_BITS) - 1)
}

static FORKS: AtomicU32 = AtomicU32::new(0);

/// How many forks lie between this process and the first one that asked: what a handle noted before a fork holds
/// for the parent only.
pub(crate) fn generation() -> u32 {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        extern "C" fn in_child() {
            FORKS.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: the handler only changes an atomic, which any thread may do at any time.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
    FORKS.load(Ordering::Relaxed)
}
