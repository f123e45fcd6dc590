//! Several values in shared memory, behind one lock.

use std::ops::{Deref, DerefMut};

use queue::shared::{Guard, LockError, Locked, Pod};
use serde::{Deserialize, Serialize};

use crate::SharedError;

/// A fixed number of values of plain type `T` that several processes share, behind one lock.
///
/// Give a clone to a child in the arguments of a spawn. As with [`Value`](crate::Value), who reads and writes
/// under one guard ([`update`](Self::update), [`lock`](Self::lock)) loses nothing.
///
/// # A process killed at any moment
///
/// Nobody waits for its lock: the next owner gets it, and is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "", deserialize = "T: Pod"))]
pub struct Array<T>(Locked<T>);

impl<T: Pod> Array<T> {
    /// Puts `values` into new shared memory.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, `EMFILE` and what else `memfd_create(2)` and `mmap(2)` say.
    pub fn new(values: &[T]) -> nix::Result<Self> {
        Locked::new(values).map(Self)
    }

    /// How many values there are: always as many as at first.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Waits for the lock, and keeps it while the guard lives. Blocks while another process or thread has it.
    ///
    /// If the last owner died, the guard says so: [`ArrayGuard::previous_owner_died`].
    ///
    /// # Errors
    ///
    /// [`LockError::HeldByThisThread`], instead of waiting for ever.
    pub fn lock(&self) -> Result<ArrayGuard<T>, LockError> {
        self.0.lock().map(ArrayGuard)
    }

    /// The value at `index` now. Blocks like [`lock`](Self::lock).
    ///
    /// # Errors
    ///
    /// [`SharedError::OwnerDied`] if the last owner died: the values may be half changed.
    ///
    /// # Panics
    ///
    /// If there is no such index.
    pub fn get(&self, index: usize) -> Result<T, SharedError> {
        self.update(|values| values[index])
    }

    /// Replaces the value at `index`. Blocks like [`lock`](Self::lock).
    ///
    /// # Errors
    ///
    /// [`SharedError::OwnerDied`] if the last owner died; nothing is replaced then, for the others may be half changed.
    ///
    /// # Panics
    ///
    /// If there is no such index.
    pub fn set(&self, index: usize, value: T) -> Result<(), SharedError> {
        self.update(|values| values[index] = value)
    }

    /// A copy of all the values, as they were at one moment. Blocks like [`lock`](Self::lock).
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn to_vec(&self) -> Result<Vec<T>, SharedError> {
        self.update(|values| values.to_vec())
    }

    /// Changes the values while nobody else can. Blocks like [`lock`](Self::lock).
    ///
    /// # Errors
    ///
    /// [`SharedError::OwnerDied`] if the last owner died; `change` is not called then.
    pub fn update<R>(&self, change: impl FnOnce(&mut [T]) -> R) -> Result<R, SharedError> {
        let mut guard = self.lock()?;
        if guard.previous_owner_died() {
            return Err(SharedError::OwnerDied);
        }
        Ok(change(&mut guard))
    }
}

/// The lock of an [`Array`], held; derefs to the values. Dropping it unlocks.
#[derive(Debug)]
#[must_use = "the lock is given back when this is dropped"]
pub struct ArrayGuard<T>(Guard<T>);

impl<T> ArrayGuard<T> {
    /// Whether the last owner died while it held the lock: the values may be half changed.
    pub fn previous_owner_died(&self) -> bool {
        self.0.previous_owner_died()
    }
}

impl<T> Deref for ArrayGuard<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for ArrayGuard<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}
