//! The shared memory of a ring: its words, its bytes, its participants' mutexes, its bells.
#![expect(unsafe_code, reason = "references into shared memory, pthread mutexes, futexes")]

use std::num::NonZero;
use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use libc::pthread_mutex_t;
use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::uio::{pread, pwrite};
use process::Descriptor;
use serde::{Deserialize, Serialize};

use super::locked::{check, initialise};
use super::mapping::Mapping;

/// How many processes can take part at the same time.
pub(crate) const SEATS: usize = 64;
/// The most bytes that lie beside a slot's word, in the same two cache lines.
pub(crate) const INLINE: usize = 112;
/// The most bytes that lie in a slot's mapped region; more are written into a file in memory.
const REGION: usize = 64 << 10;
/// How much of a large item's memory a slot keeps for the next one.
const KEPT: i64 = 1 << 20;
/// Every slot has so much of the large file's address space: more than any machine's memory.
const LARGE_STRIDE: u32 = 40;

// One cache line each, so that producers and consumers do not disturb each other.
const TAIL: usize = 64;
const HEAD: usize = 128;
const BELLS: [usize; 2] = [192, 256];
const MUTEXES: usize = 512;
const MUTEX_STRIDE: usize = 64;
const SLOTS: usize = MUTEXES + SEATS * MUTEX_STRIDE;
const SLOT_STRIDE: usize = 128;
const _: () = assert!(size_of::<pthread_mutex_t>() <= MUTEX_STRIDE && 16 + INLINE == SLOT_STRIDE);

/// What a ring's participants share. Cloned or sent, it is the same memory.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Memory {
    mapping: Mapping,
    /// Items larger than a region, each at its slot's place. Sparse: what is not written takes no memory.
    large: Descriptor,
    /// A power of two.
    capacity: usize,
}

/// Whom a bell wakes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bell {
    /// Consumers, when an item was put.
    Put = 0,
    /// Producers, when an item was got.
    Got = 1,
}

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
    /// New memory for `capacity` slots, a power of two.
    pub(crate) fn new(capacity: usize) -> nix::Result<Self> {
        let bytes =
            capacity.checked_mul(SLOT_STRIDE + REGION).and_then(|bytes| bytes.checked_add(SLOTS));
        let mapping = Mapping::new(bytes.and_then(NonZero::new).ok_or(Errno::ENOMEM)?)?;
        let large = memfd_create(c"ring", MFdFlags::MFD_CLOEXEC)?.into();
        let memory = Self { mapping, large, capacity };
        for seat in 0..SEATS {
            initialise(memory.mutex(seat))?;
        }
        Ok(memory)
    }

    pub(crate) fn try_clone(&self) -> nix::Result<Self> {
        let large = self.large.try_clone().map_err(|_| Errno::EMFILE)?;
        Ok(Self { mapping: self.mapping.try_clone()?, large, capacity: self.capacity })
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    fn at(&self, offset: usize) -> NonNull<u8> {
        // SAFETY: every offset that this module computes lies within the mapping: seats and slots are bounded.
        unsafe { self.mapping.start().cast::<u8>().add(offset) }
    }

    fn atomic(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: offsets of words are multiples of 8 in a mapping that lives as long as `self`; they are used
        // as atomics by everybody.
        unsafe { self.at(offset).cast().as_ref() }
    }

    /// The place of the next item to be put.
    pub(crate) fn tail(&self) -> &AtomicU64 {
        self.atomic(TAIL)
    }

    /// The place of the next item to be got.
    pub(crate) fn head(&self) -> &AtomicU64 {
        self.atomic(HEAD)
    }

    fn slot(&self, place: u64) -> usize {
        place as usize & (self.capacity - 1)
    }

    /// The word of the slot that a place falls on.
    pub(crate) fn word(&self, place: u64) -> &AtomicU64 {
        self.atomic(SLOTS + self.slot(place) * SLOT_STRIDE)
    }

    /// How long the item is that lies in the slot. Plain data, but read and written as an atomic.
    fn length(&self, place: u64) -> &AtomicU64 {
        self.atomic(SLOTS + self.slot(place) * SLOT_STRIDE + 8)
    }

    fn bytes(&self, place: u64, length: usize) -> NonNull<u8> {
        let slot = self.slot(place);
        self.at(if length <= INLINE {
            SLOTS + slot * SLOT_STRIDE + 16
        } else {
            SLOTS + self.capacity * SLOT_STRIDE + slot * REGION
        })
    }

    fn large_offset(&self, place: u64) -> i64 {
        (self.slot(place) as i64) << LARGE_STRIDE
    }

    /// Stores an item in the slot that the caller has claimed for writing.
    ///
    /// # Errors
    ///
    /// For an item larger than a region: `ENOSPC`, `ENOMEM`, `EFBIG`.
    pub(crate) fn store(&self, place: u64, item: &[u8]) -> nix::Result<()> {
        self.length(place).store(item.len() as u64, Ordering::Relaxed);
        if item.len() > REGION {
            return self.store_large(place, item);
        }
        let bytes = self.bytes(place, item.len());
        // SAFETY: the slot has room for that many bytes, and whoever has claimed it is alone there.
        unsafe { bytes.copy_from_nonoverlapping(NonNull::from(item).cast(), item.len()) };
        Ok(())
    }

    fn store_large(&self, place: u64, item: &[u8]) -> nix::Result<()> {
        let (mut done, offset) = (0, self.large_offset(place));
        while done < item.len() {
            match pwrite(&self.large, &item[done..], offset + done as i64) {
                Ok(0) => return Err(Errno::ENOSPC),
                Ok(written) => done += written,
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Copies the item out of the slot that the caller has claimed for reading, to the end of `item`.
    ///
    /// # Errors
    ///
    /// `EBADMSG` if the slot says what cannot be, and what `pread(2)` says.
    pub(crate) fn load(&self, place: u64, item: &mut Vec<u8>) -> nix::Result<()> {
        let length = self.length(place).load(Ordering::Relaxed);
        let length = usize::try_from(length).map_err(|_| Errno::EBADMSG)?;
        if length > REGION {
            return self.load_large(place, length, item);
        }
        item.reserve(length);
        let bytes = NonNull::slice_from_raw_parts(self.bytes(place, length), length);
        // SAFETY: the slot has that many bytes, and whoever has claimed it is alone there.
        item.extend_from_slice(unsafe { bytes.as_ref() });
        Ok(())
    }

    fn load_large(&self, place: u64, length: usize, item: &mut Vec<u8>) -> nix::Result<()> {
        if length >> LARGE_STRIDE != 0 {
            return Err(Errno::EBADMSG);
        }
        let (mut done, offset) = (item.len(), self.large_offset(place));
        let start = done;
        item.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
        item.resize(start + length, 0);
        while done < item.len() {
            match pread(&self.large, &mut item[done..], offset + (done - start) as i64) {
                Ok(0) => return Err(Errno::EBADMSG),
                Ok(read) => done += read,
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
        self.give_back(place, length as i64);
        Ok(())
    }

    /// Gives the memory of a large item back to the system, but for what the next one may use.
    pub(crate) fn give_back(&self, place: u64, length: i64) {
        let beyond = length - KEPT;
        if beyond > 0 {
            let flags = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
            // If it fails, the memory stays with the slot until the ring ends.
            let _ = fallocate(self.large.as_fd(), flags, self.large_offset(place) + KEPT, beyond);
        }
    }

    /// The length that the slot of a dead owner names: perhaps it had no time to write it.
    pub(crate) fn buried_length(&self, place: u64) -> i64 {
        let length = self.length(place).load(Ordering::Relaxed);
        i64::try_from(length).unwrap_or(0).min(1 << LARGE_STRIDE)
    }

    fn mutex(&self, seat: usize) -> NonNull<pthread_mutex_t> {
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

    fn bell(&self, bell: Bell) -> &AtomicU32 {
        // SAFETY: as for the words; the offset is a multiple of 4.
        unsafe { self.at(BELLS[bell as usize]).cast().as_ref() }
    }

    /// Says that somebody is about to sleep until the bell rings. What it waits for has to be looked at once more
    /// after this.
    pub(crate) fn announce_sleep(&self, bell: Bell) {
        self.bell(bell).store(1, Ordering::SeqCst);
    }

    /// Sleeps until the bell rings, or so long. Only after [`announce_sleep`](Self::announce_sleep).
    pub(crate) fn sleep(&self, bell: Bell, at_most: Duration) {
        let time = libc::timespec {
            tv_sec: at_most.as_secs() as libc::time_t,
            tv_nsec: at_most.subsec_nanos().into(),
        };
        let word = self.bell(bell).as_ptr();
        // SAFETY: the word is a mapped futex; without the private flag it works between processes.
        unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAIT, 1, &raw const time) };
    }

    /// Wakes who sleeps. The caller has made its change with sequentially consistent order before.
    pub(crate) fn ring(&self, bell: Bell) {
        let bell = self.bell(bell);
        if bell.load(Ordering::SeqCst) != 0 {
            bell.store(0, Ordering::SeqCst);
            // SAFETY: as in `sleep`.
            unsafe { libc::syscall(libc::SYS_futex, bell.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
        }
    }
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
