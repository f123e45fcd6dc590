//! One value in shared memory, behind a lock.

use std::ops::{Deref, DerefMut};

use queue::shared::{Guard, LockError, Locked, Pod};
use serde::{Deserialize, Serialize};

use crate::SharedError;

/// A value of plain type `T` that several processes share. Give a clone to a child in the arguments of a spawn.
///
/// Every access takes the lock, so no update is lost as long as reading and writing happen under one guard
/// ([`update`](Self::update), [`lock`](Self::lock)). `T` is plain data ([`Pod`]): numbers and arrays of them.
///
/// # A process killed at any moment
///
/// Nobody waits for its lock: the next owner gets it, and is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "", deserialize = "T: Pod"))]
pub struct Value<T>(Locked<T>);

impl<T: Pod> Value<T> {
    /// Puts `value` into new shared memory.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, `EMFILE` and what else `memfd_create(2)` and `mmap(2)` say.
    pub fn new(value: T) -> nix::Result<Self> {
        Locked::new(&[value]).map(Self)
    }

    /// Waits for the lock, and keeps it while the guard lives. Blocks while another process or thread has it.
    ///
    /// If the last owner died, the guard says so: [`ValueGuard::previous_owner_died`].
    ///
    /// # Errors
    ///
    /// [`LockError::HeldByThisThread`], instead of waiting for ever.
    pub fn lock(&self) -> Result<ValueGuard<T>, LockError> {
        self.0.lock().map(ValueGuard)
    }

    /// The value now. Blocks like [`lock`](Self::lock). By the time you look at it, it may have changed.
    ///
    /// # Errors
    ///
    /// [`SharedError::OwnerDied`] if the last owner died: the value may be half changed.
    pub fn get(&self) -> Result<T, SharedError> {
        self.update(|value| *value)
    }

    /// Replaces the value. Blocks like [`lock`](Self::lock).
    ///
    /// That the last owner died does not matter here: nothing is left of a change it had half done.
    ///
    /// # Errors
    ///
    /// [`SharedError::Lock`].
    pub fn set(&self, value: T) -> Result<(), SharedError> {
        *self.lock()? = value;
        Ok(())
    }

    /// Changes the value while nobody else can: `value.update(|value| *value += 1)`. Blocks like [`lock`](Self::lock).
    ///
    /// # Errors
    ///
    /// [`SharedError::OwnerDied`] if the last owner died; `change` is not called then.
    pub fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Result<R, SharedError> {
        let mut guard = self.lock()?;
        if guard.previous_owner_died() {
            return Err(SharedError::OwnerDied);
        }
        Ok(change(&mut guard))
    }
}

/// The lock of a [`Value`], held; derefs to the value. Dropping it unlocks.
#[derive(Debug)]
#[must_use = "the lock is given back when this is dropped"]
pub struct ValueGuard<T>(Guard<T>);

impl<T> ValueGuard<T> {
    /// Whether the last owner died while it held the lock: the value may be half changed.
    pub fn previous_owner_died(&self) -> bool {
        self.0.previous_owner_died()
    }
}

impl<T> Deref for ValueGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // `Value::new` puts one there.
        &self.0[0]
    }
}

impl<T> DerefMut for ValueGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0[0]
    }
}
