//! Items in their slots: a small one beside the slot's word, another in the slot's region, and of one that is larger
//! than that the rest in a file.

use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::sys::uio::{pread, pwrite};

use super::{INLINE, Memory, REGION, SLOT_STRIDE, SLOTS};
use crate::file_limit;

/// Every slot has so much of the file's address space: more than any machine's memory.
const REST_STRIDE: u32 = 40;

impl Memory {
    /// How long the item is that lies in the slot. Plain data, but read and written as an atomic.
    pub(crate) fn length(&self, place: u64) -> &AtomicU64 {
        self.atomic(SLOTS + self.slot(place) * SLOT_STRIDE + 8)
    }

    /// Where an item of this length begins.
    fn bytes(&self, place: u64, length: usize) -> NonNull<u8> {
        let slot = self.slot(place);
        self.at(if length <= INLINE {
            SLOTS + slot * SLOT_STRIDE + 16
        } else {
            SLOTS + self.capacity * SLOT_STRIDE + slot * REGION
        })
    }

    fn rest_offset(&self, place: u64) -> i64 {
        (self.slot(place) as i64) << REST_STRIDE
    }

    fn inline(&self, place: u64) -> NonNull<[u8; INLINE]> {
        self.bytes(place, INLINE).cast()
    }

    /// Stores a small item in the slot that the caller has claimed for writing.
    ///
    /// All of `bytes` is copied, of which the item is the first part: copying always as many takes no call.
    pub(crate) fn store_small(&self, place: u64, bytes: &[u8; INLINE], length: usize) {
        self.length(place).store(length as u64, Ordering::Relaxed);
        // SAFETY: the slot has room for that many bytes, and whoever has claimed it is alone there.
        unsafe { self.inline(place).write(*bytes) };
    }

    /// Copies a small item out of the slot that the caller has claimed for reading, and says how long it is. `None` if it
    /// is not small.
    pub(crate) fn load_small(&self, place: u64, bytes: &mut [u8; INLINE]) -> Option<usize> {
        let length = self.length(place).load(Ordering::Relaxed);
        let length = usize::try_from(length).ok().filter(|&length| length <= INLINE)?;
        // SAFETY: the slot has that many bytes, and whoever has claimed it is alone there.
        *bytes = unsafe { self.inline(place).read() };
        Some(length)
    }

    /// Stores an item that is not small in the slot that the caller has claimed for writing.
    ///
    /// # Errors
    ///
    /// For an item larger than a region: `ENOSPC`, `ENOMEM`; `EFBIG` if the process has a limit for files (`ulimit
    /// -f`), which counts the rest's place in the file, not its length.
    pub(crate) fn store(&self, place: u64, item: &[u8]) -> nix::Result<()> {
        self.length(place).store(item.len() as u64, Ordering::Relaxed);
        if item.len() > REGION {
            self.store_rest(place, &item[REGION..])?;
        }
        let (bytes, length) = (self.bytes(place, item.len()), item.len().min(REGION));
        // SAFETY: the slot has room for that many bytes, and whoever has claimed it is alone there.
        unsafe { bytes.copy_from_nonoverlapping(NonNull::from(item).cast(), length) };
        Ok(())
    }

    fn store_rest(&self, place: u64, rest: &[u8]) -> nix::Result<()> {
        let (mut done, offset) = (0, self.rest_offset(place));
        if rest.len() > 1 << REST_STRIDE {
            return Err(Errno::EFBIG);
        }
        file_limit::allows(offset as u64 + rest.len() as u64)?;
        while done < rest.len() {
            match pwrite(&self.rests, &rest[done..], offset + done as i64) {
                Ok(0) => return Err(Errno::ENOSPC),
                Ok(written) => done += written,
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Copies the item out of the slot that the caller has claimed for reading, into `item`, which is empty.
    ///
    /// # Errors
    ///
    /// `EBADMSG` if the slot says what cannot be, `ENOMEM`, and what `pread(2)` says.
    pub(crate) fn load(&self, place: u64, item: &mut Vec<u8>) -> nix::Result<()> {
        let length = self.length(place).load(Ordering::Relaxed);
        let length = usize::try_from(length).map_err(|_| Errno::EBADMSG)?;
        let here = length.min(REGION);
        if length - here > 1 << REST_STRIDE {
            return Err(Errno::EBADMSG);
        }
        item.try_reserve(length).map_err(|_| Errno::ENOMEM)?;
        let bytes = NonNull::slice_from_raw_parts(self.bytes(place, length), here);
        // SAFETY: the slot has that many bytes, and whoever has claimed it is alone there.
        item.extend_from_slice(unsafe { bytes.as_ref() });
        if length > here { self.load_rest(place, length, item) } else { Ok(()) }
    }

    fn load_rest(&self, place: u64, length: usize, item: &mut Vec<u8>) -> nix::Result<()> {
        let (begin, offset) = (item.len(), self.rest_offset(place));
        item.resize(length, 0);
        let mut done = 0;
        while begin + done < length {
            match pread(&self.rests, &mut item[begin + done..], offset + done as i64) {
                Ok(0) => return Err(Errno::EBADMSG),
                Ok(read) => done += read,
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// How many bytes of the slot's item lie in the file. Only a hint, unless the caller has claimed the slot: an owner
    /// that is at work, or has died, may not have had the time to write the length.
    pub(crate) fn rest(&self, place: u64) -> u64 {
        let length = self.length(place).load(Ordering::Relaxed);
        length.saturating_sub(REGION as u64).min(1 << REST_STRIDE)
    }

    /// Gives the memory of an item's rest back to the system. The region keeps its pages for the next item.
    pub(crate) fn give_back(&self, place: u64) {
        let rest = self.rest(place);
        if rest > 0 {
            // To the end of its last page, be they of 64 KiB: of a page in part only its bytes are cleared.
            let rest = rest.next_multiple_of(1 << 16) as i64;
            let flags = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
            // If it fails, the memory stays with the slot until the ring ends.
            let _ = fallocate(self.rests.as_fd(), flags, self.rest_offset(place), rest);
        }
    }
}
