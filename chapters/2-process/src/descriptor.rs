//! How an open file reaches a child: a [`Descriptor`] travels in the arguments of a spawn.
//!
//! A number like 5 means an open file only within one process. For a forked child the number stays the
//! same if the child keeps it open; for a re-executed one it has to be handed over with `exec`. Either way
//! the spawn has to know which descriptors the arguments hold, however deep inside. So it encodes the
//! arguments, and each descriptor that is encoded meanwhile reports itself.

use std::cell::RefCell;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::sys;

/// An open file that can be given to a child in the arguments of a spawn.
///
/// The child gets it; the parent lets go of its own copy, so clone it to keep it. Pipes and queues are
/// built on it. Encoding one anywhere else (in a message, in a result) is an error: there, the number
/// would mean another file. So is encoding one twice. One that a `Serialize` skips is closed in the child.
///
/// Its number is above 2, unless no other is free. Where standard output was closed, the system would give its number, 1,
/// to the next file that is opened; every child keeps 0 to 2, so a sibling would hold a pipe's end open.
#[derive(Debug)]
pub struct Descriptor(OwnedFd);

impl Descriptor {
    /// A second descriptor for the same open file. Never blocks.
    ///
    /// # Errors
    ///
    /// `EMFILE`: this process has as many descriptors open as it may (`ulimit -n`). Source: `fcntl(2)`.
    pub fn try_clone(&self) -> std::io::Result<Self> {
        self.0.try_clone().map(Self)
    }
}

impl From<OwnedFd> for Descriptor {
    fn from(owned: OwnedFd) -> Self {
        if owned.as_raw_fd() > sys::STANDARD {
            return Self(owned);
        }
        // Without a free number it stays where it is.
        Self(sys::move_up(owned.as_fd()).unwrap_or(owned))
    }
}

impl From<Descriptor> for OwnedFd {
    fn from(descriptor: Descriptor) -> Self {
        descriptor.0
    }
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

thread_local! {
    /// While a spawn encodes its arguments: the descriptors met so far.
    static LEAVING: RefCell<Option<Vec<RawFd>>> = const { RefCell::new(None) };
    /// While a re-executed child decodes its arguments: the descriptors not taken yet.
    static ARRIVING: RefCell<Vec<RawFd>> = const { RefCell::new(Vec::new()) };
}

/// In the parent: runs `encode` and gives its result and the descriptors that were encoded meanwhile.
pub(crate) fn collect<T>(encode: impl FnOnce() -> T) -> (T, Vec<RawFd>) {
    /// Also when `encode` panics, encoding a descriptor is an error again afterwards.
    struct Stop;
    impl Drop for Stop {
        fn drop(&mut self) {
            LEAVING.set(None);
        }
    }
    let _stop = Stop;
    LEAVING.set(Some(Vec::new()));
    let result = encode();
    (result, LEAVING.take().unwrap_or_default())
}

/// In a re-executed child: runs `decode`, which may take each of the descriptors once; closes those it left.
/// (A forked child decodes nothing: its arguments are there already, as copied memory.)
pub(crate) fn hand_out<T>(descriptors: Vec<RawFd>, decode: impl FnOnce() -> T) -> T {
    ARRIVING.set(descriptors);
    let result = decode();
    ARRIVING.take().into_iter().for_each(|left| drop(sys::adopt(left)));
    result
}

impl Serialize for Descriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.0.as_raw_fd();
        LEAVING.with_borrow_mut(|leaving| match leaving {
            // In the child each number gets one owner.
            Some(list) if list.contains(&number) => {
                Err(S::Error::custom("a descriptor is encoded twice"))
            }
            Some(list) => {
                list.push(number);
                Ok(())
            }
            None => Err(S::Error::custom("a descriptor travels only in the arguments of a spawn")),
        })?;
        serializer.serialize_i32(number)
    }
}

impl<'de> Deserialize<'de> for Descriptor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = RawFd::deserialize(deserializer)?;
        ARRIVING.with_borrow_mut(|arriving| {
            let place = arriving.iter().position(|&handed_over| handed_over == number);
            let place =
                place.ok_or_else(|| D::Error::custom("this descriptor was not handed over"))?;
            let owned = sys::adopt(arriving.swap_remove(place));
            sys::close_on_exec(owned.as_fd()).map_err(D::Error::custom)?;
            Ok(Self(owned))
        })
    }
}
