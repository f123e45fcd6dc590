//! A pool's engine, as the pool and the handles of its tasks share it, in the one process that may use it.

use std::cell::{RefCell, RefMut};

use crate::engine::Engine;
use crate::error::{PoolError, TaskError};
use crate::staff::Settings;
use crate::sys::own_pid;

/// A pool's engine, shared by the pool and the handles of its tasks.
#[derive(Debug)]
pub(crate) struct Shared {
    engine: RefCell<Engine>,
    /// The process that made the pool. A forked copy may have been made in the middle of a call.
    owner: u32,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Result<Self, PoolError> {
        Ok(Self { engine: RefCell::new(Engine::new(settings)?), owner: own_pid() })
    }

    /// The engine, in the process that made it. Whoever holds it runs none of the program's own code meanwhile: that may
    /// use the pool, too.
    pub(crate) fn engine(&self) -> Result<RefMut<'_, Engine>, TaskError> {
        if self.owner == own_pid() {
            Ok(self.engine.borrow_mut())
        } else {
            Err(TaskError::OtherProcess)
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.owner != own_pid() {
            self.engine.get_mut().disown();
        }
    }
}
