//! The floors that need unsafe code: a bare fork, and words in shared memory without our crates.
#![expect(unsafe_code, reason = "fork, futexes and pthread mutexes without a wrapper")]

use std::mem::MaybeUninit;
use std::num::NonZero;
use std::ptr::{NonNull, null};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid};

/// A child that was forked without any ado.
#[derive(Debug)]
#[must_use]
pub(crate) struct Child(Pid);

/// Forks a child that calls `act` and ends with `_exit`. This process must have one thread.
pub(crate) fn fork(act: impl FnOnce() -> lesson::Result) -> nix::Result<Child> {
    // SAFETY: samples that fork have one thread, so no lock is held by a thread that the child does not have.
    #[expect(clippy::disallowed_methods, reason = "the floor is the bare system call")]
    let forked = unsafe { nix::unistd::fork() }?;
    match forked {
        ForkResult::Parent { child } => Ok(Child(child)),
        ForkResult::Child => {
            let code = i32::from(act().is_err());
            // SAFETY: _exit has no preconditions, and nothing runs in this process after it.
            unsafe { libc::_exit(code) }
        }
    }
}

impl Child {
    /// Waits until it has ended; it must have done its work.
    pub(crate) fn join(self) -> lesson::Result {
        match waitpid(self.0, None)? {
            WaitStatus::Exited(_, 0) => Ok(()),
            other => Err(format!("a child failed: {other:?}").into()),
        }
    }
}

/// What processes that are forked after this share with each other. It stays mapped until the process ends.
pub(crate) struct Page {
    start: NonNull<u8>,
}

impl Page {
    pub(crate) fn new() -> lesson::Result<Self> {
        let length = NonZero::new(4096).ok_or(Errno::EINVAL)?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address the kernel chooses overlaps nothing.
        let start = unsafe { mmap_anonymous(None, length, protection, MapFlags::MAP_SHARED) }?;
        let page = Self { start: start.cast() };
        initialise(page.mutex())?;
        Ok(page)
    }

    /// A counter, in a cache line of its own.
    pub(crate) fn counter(&self) -> &AtomicU64 {
        // SAFETY: the page is larger, and the place is used as this atomic only.
        let counter = unsafe { self.start.add(64) };
        // SAFETY: aligned, mapped for ever, valid with any bits.
        unsafe { counter.cast().as_ref() }
    }

    /// A word to wait on, in a cache line of its own: the first or the second.
    pub(crate) fn word(&self, number: usize) -> &AtomicU32 {
        // SAFETY: the page is larger: there are two of them.
        let word = unsafe { self.start.add(128 + 64 * (number & 1)) };
        // SAFETY: aligned, mapped for ever, valid with any bits.
        unsafe { word.cast().as_ref() }
    }

    fn mutex(&self) -> NonNull<libc::pthread_mutex_t> {
        self.start.cast()
    }

    /// Locks the robust mutex, adds one to the counter, unlocks it.
    pub(crate) fn add_under_mutex(&self) -> lesson::Result {
        let mutex = self.mutex().as_ptr();
        // SAFETY: the mutex was initialised before anybody else got the page.
        check(unsafe { libc::pthread_mutex_lock(mutex) })?;
        add_in_two_steps(self.counter());
        // SAFETY: this thread holds it.
        Ok(check(unsafe { libc::pthread_mutex_unlock(mutex) })?)
    }

    /// Locks a mutex made of one futex, adds one to the counter, unlocks it. A killed owner would leave it locked.
    pub(crate) fn add_under_futex(&self) -> lesson::Result {
        const FREE: u32 = 0;
        const HELD: u32 = 1;
        const WAITED_FOR: u32 = 2;
        let word = self.word(0);
        if word.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_err() {
            while word.swap(WAITED_FOR, Ordering::Acquire) != FREE {
                wait(word, WAITED_FOR);
            }
        }
        add_in_two_steps(self.counter());
        if word.swap(FREE, Ordering::Release) == WAITED_FOR {
            wake(word);
        }
        Ok(())
    }
}

fn add_in_two_steps(counter: &AtomicU64) {
    let seen = counter.load(Ordering::Relaxed);
    counter.store(seen + 1, Ordering::Relaxed);
}

/// Sleeps while the word has this value (`futex(2)`), without the private flag: it works between processes.
pub(crate) fn wait(word: &AtomicU32, value: u32) {
    let for_ever = null::<libc::timespec>();
    // SAFETY: the word is mapped while it is borrowed.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, value, for_ever) };
}

/// Wakes one who sleeps on the word.
pub(crate) fn wake(word: &AtomicU32) {
    // SAFETY: as in `wait`.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
}

fn initialise(mutex: NonNull<libc::pthread_mutex_t>) -> nix::Result<()> {
    let mut attributes = MaybeUninit::uninit();
    let attributes = attributes.as_mut_ptr();
    // SAFETY: `attributes` is room for the attributes, which this call initialises.
    check(unsafe { libc::pthread_mutexattr_init(attributes) })?;
    // SAFETY: they are initialised.
    check(unsafe { libc::pthread_mutexattr_setpshared(attributes, libc::PTHREAD_PROCESS_SHARED) })?;
    // SAFETY: they are initialised.
    check(unsafe { libc::pthread_mutexattr_setrobust(attributes, libc::PTHREAD_MUTEX_ROBUST) })?;
    // SAFETY: the mutex lies in a new page that nobody else has yet.
    check(unsafe { libc::pthread_mutex_init(mutex.as_ptr(), attributes) })
}

/// These functions return their error instead of setting `errno`.
fn check(result: i32) -> nix::Result<()> {
    if result == 0 { Ok(()) } else { Err(Errno::from_raw(result)) }
}
