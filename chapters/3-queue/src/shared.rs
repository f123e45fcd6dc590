//! Memory that several processes see, and a lock in it.
//!
//! A [`Locked`] is a memfd, a file in memory without a name, mapped by every process that was given it. So
//! nothing is left behind in the file system, whoever is killed: the kernel frees the memory with the last
//! process that holds it.
//!
//! The lock is a *robust* mutex (`pthread_mutexattr_setrobust(3)`): the kernel knows which thread holds it,
//! and when that dies, the next owner gets the lock and is told. Only plain data can be stored, for which every
//! pattern of bits is a value: a process that died in the middle of a change may have left any.

#[cfg(test)]
mod model;

pub use crate::sys::atomics::Atomics;
pub use crate::sys::lane::{LaneReader, LaneWriter, lane};
pub use crate::sys::locked::{Guard, LockError, Locked};
pub use bytemuck::Pod;
