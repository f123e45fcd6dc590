//! Plain data in shared memory behind a robust lock.
#![expect(unsafe_code, reason = "pthread mutexes, and references into shared memory")]

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::num::NonZero;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Duration;

use bytemuck::Pod;
use lesson::text;
use libc::pthread_mutex_t;
use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::time::ClockId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::mapping::{self, kind};
use super::ring::generation;

type Mapping = mapping::Mapping<{ kind(b"locked  ") }>;

/// Where the data begin: right after the mutex, so that what is small comes from another core together with the lock.
const DATA: usize = 48;
/// What the data may be aligned to there.
const ALIGNMENT: usize = 16;
const _: () = assert!(size_of::<pthread_mutex_t>() <= DATA);

/// How long one sleeps before it looks at a lock again.
///
/// If the *owner* dies, the kernel wakes the next in line. But a call can be lost: with one that was woken and is killed or
/// stopped before it has the lock, or with one that gave the lock back and is killed or stopped before it calls. If
/// somebody comes just then and takes the lock without waiting, he does not know that others sleep, and calls nobody.
/// Without this they would sleep for ever. (`shared::model` tries every order.)
const LOOK_AGAIN: Duration = Duration::from_millis(100);

unsafe extern "C" {
    /// As `pthread_mutex_lock(3)`, up to a time by the given clock. In glibc since 2.30; the libc crate lacks it.
    fn pthread_mutex_clocklock(
        mutex: *mut pthread_mutex_t,
        clock: libc::clockid_t,
        until: *const libc::timespec,
    ) -> libc::c_int;
}

/// Fails the build for a type that has no size or wants to be aligned to more than where the data begin.
const fn assert_fits<T>() {
    assert!(align_of::<T>() <= ALIGNMENT && size_of::<T>() > 0);
}

/// Several values of plain type `T` in memory that several processes share, behind one lock.
///
/// Give a clone to a child in the arguments of a spawn: it sees the same values.
///
/// # A process killed at any moment
///
/// If it held the lock, the next owner gets it and is told: [`Guard::previous_owner_died`]. What it had
/// written so far stands. A process that is *stopped* while it holds the lock is waited for. One that is killed or stopped
/// while it waits for the lock or gives it back can delay the others by a tenth of a second.
///
/// Who waits gets it in no particular order.
///
/// # Platform
///
/// Linux with glibc 2.30 or later: `memfd_create(2)`, `mmap(2)`, `pthread_mutexattr_setrobust(3)`,
/// `pthread_mutex_clocklock`.
pub struct Locked<T> {
    // Shared with every guard, so that memory is never unmapped under a lock that is held.
    mapping: Arc<Mapping>,
    count: usize,
    holds: PhantomData<T>,
}

// SAFETY: the data is reached only through the lock, and plain data may go from thread to thread.
unsafe impl<T: Pod + Send> Send for Locked<T> {}
// SAFETY: as above: the lock excludes other threads like other processes.
unsafe impl<T: Pod + Send> Sync for Locked<T> {}

/// Why a lock was not got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LockError {
    /// This thread holds it already: it would wait for itself.
    HeldByThisThread,
    /// The system refused.
    System(Errno),
}

impl fmt::Display for LockError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::HeldByThisThread => text!(
                "this thread holds the lock already: drop its guard first",
                "このスレッドはすでにロックを持っています: 先にガードを破棄してください"
            ),
            Self::System(error) => text!("cannot lock: {error}", "ロックできません: {error}"),
        })
    }
}

impl<T: Pod> Locked<T> {
    /// Puts `values` into new shared memory. Never blocks.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, `EMFILE` and what else `memfd_create(2)` and `mmap(2)` say.
    pub fn new(values: &[T]) -> nix::Result<Self> {
        const { assert_fits::<T>() };
        let length = DATA.checked_add(size_of_val(values)).and_then(NonZero::new);
        let mapping = Arc::new(Mapping::new(length.ok_or(Errno::ENOMEM)?)?);
        let locked = Self { mapping, count: values.len(), holds: PhantomData };
        initialise(locked.mutex())?;
        let data = locked.data();
        // SAFETY: the mapping has room for the values, and nobody else has it yet.
        unsafe { data.copy_from_nonoverlapping(NonNull::from(values).cast(), values.len()) };
        Ok(locked)
    }

    /// Waits for the lock. Blocks while another thread of any process holds it; one that has died holds it no more.
    ///
    /// # Errors
    ///
    /// [`LockError::HeldByThisThread`], instead of waiting for ever.
    pub fn lock(&self) -> Result<Guard<T>, LockError> {
        let previous_owner_died = match wait_for(self.mutex()) {
            Ok(()) => false,
            Err(Errno::EOWNERDEAD) => {
                // SAFETY: this thread holds the mutex now. The data needs no repair: all bits are valid.
                unsafe { libc::pthread_mutex_consistent(self.mutex().as_ptr()) };
                true
            }
            Err(Errno::EDEADLK) => return Err(LockError::HeldByThisThread),
            Err(error) => return Err(LockError::System(error)),
        };
        let taken_in = generation();
        Ok(Guard { locked: self.clone(), previous_owner_died, taken_in, stays: PhantomData })
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<T> Locked<T> {
    fn mutex(&self) -> NonNull<pthread_mutex_t> {
        self.mapping.start().cast()
    }

    fn data(&self) -> NonNull<T> {
        // SAFETY: the mapping is longer than DATA.
        unsafe { self.mapping.start().byte_add(DATA) }.cast()
    }
}

/// The second handle shares the memory with the first.
impl<T> Clone for Locked<T> {
    fn clone(&self) -> Self {
        Self { mapping: Arc::clone(&self.mapping), count: self.count, holds: PhantomData }
    }
}

impl<T> fmt::Debug for Locked<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Locked").field("count", &self.count).finish_non_exhaustive()
    }
}

impl<T> Serialize for Locked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.mapping.serialize(serializer)
    }
}

impl<'de, T: Pod> Deserialize<'de> for Locked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const { assert_fits::<T>() };
        let mapping = Mapping::deserialize(deserializer)?;
        let count = (mapping.length().get().saturating_sub(DATA)) / size_of::<T>();
        Ok(Self { mapping: Arc::new(mapping), count, holds: PhantomData })
    }
}

/// The lock, held; the values, as a slice. Dropping it unlocks.
///
/// It stays in the thread that took it, and in the process: a forked child does not hold the lock, and a copy
/// of the guard that it may find (in a `thread_local`) does nothing when dropped.
///
/// # Panics
///
/// Reaching the values through such a copy panics: the parent may be changing them.
#[derive(Debug)]
pub struct Guard<T> {
    locked: Locked<T>,
    previous_owner_died: bool,
    /// The generation of forks whose process holds the lock. (To ask for the pid would cost a system call.)
    taken_in: u32,
    stays: PhantomData<*const ()>,
}

impl<T> Guard<T> {
    /// Whether the last owner died while it held the lock: its change may be half done.
    pub fn previous_owner_died(&self) -> bool {
        self.previous_owner_died
    }

    fn is_ours(&self) -> bool {
        self.taken_in == generation()
    }
}

impl<T> Deref for Guard<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        assert!(self.is_ours(), "this guard is a copy: the parent process holds the lock");
        let values = NonNull::slice_from_raw_parts(self.locked.data(), self.locked.count);
        // SAFETY: the values are there, of a type for which all bits are valid, and the lock keeps all
        // others away from them while this guard lives.
        unsafe { values.as_ref() }
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        assert!(self.is_ours(), "this guard is a copy: the parent process holds the lock");
        let mut values = NonNull::slice_from_raw_parts(self.locked.data(), self.locked.count);
        // SAFETY: as in `deref`, and `self` is borrowed mutably.
        unsafe { values.as_mut() }
    }
}

impl<T> Drop for Guard<T> {
    fn drop(&mut self) {
        if !self.is_ours() {
            return;
        }
        // SAFETY: this thread holds the mutex: guards are not Send.
        let result = unsafe { libc::pthread_mutex_unlock(self.locked.mutex().as_ptr()) };
        debug_assert_eq!(result, 0);
    }
}

/// Makes a mutex that works between processes, outlives its owner, and notices a thread that locks twice.
pub(super) fn initialise(mutex: NonNull<pthread_mutex_t>) -> nix::Result<()> {
    let mut attributes = MaybeUninit::uninit();
    let attributes = attributes.as_mut_ptr();
    // SAFETY: `attributes` is room for the attributes, which this call initialises.
    check(unsafe { libc::pthread_mutexattr_init(attributes) })?;
    // SAFETY: they are initialised.
    check(unsafe { libc::pthread_mutexattr_setpshared(attributes, libc::PTHREAD_PROCESS_SHARED) })?;
    // SAFETY: they are initialised.
    check(unsafe { libc::pthread_mutexattr_setrobust(attributes, libc::PTHREAD_MUTEX_ROBUST) })?;
    // SAFETY: they are initialised.
    check(unsafe { libc::pthread_mutexattr_settype(attributes, libc::PTHREAD_MUTEX_ERRORCHECK) })?;
    // SAFETY: the mutex lies in a new mapping, aligned to a page, that nobody else has yet.
    check(unsafe { libc::pthread_mutex_init(mutex.as_ptr(), attributes) })?;
    // SAFETY: they are initialised, and not used after this.
    check(unsafe { libc::pthread_mutexattr_destroy(attributes) })
}

/// Waits for a mutex that [`initialise`] has made.
fn wait_for(mutex: NonNull<pthread_mutex_t>) -> nix::Result<()> {
    // SAFETY: it was initialised before anybody else got the mapping, and never moves.
    let mut got = check(unsafe { libc::pthread_mutex_trylock(mutex.as_ptr()) });
    while let Err(Errno::EBUSY | Errno::ETIMEDOUT) = got {
        let clock = ClockId::CLOCK_MONOTONIC;
        let until = clock.now()? + TimeSpec::from(LOOK_AGAIN);
        // SAFETY: as above; the time is only read.
        got = check(unsafe {
            pthread_mutex_clocklock(mutex.as_ptr(), clock.as_raw(), until.as_ref())
        });
    }
    got
}

/// These functions return their error instead of setting `errno`.
pub(super) fn check(result: i32) -> nix::Result<()> {
    if result == 0 { Ok(()) } else { Err(Errno::from_raw(result)) }
}
