//! Results as they come in.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

use process::Target;
use process::ready::Deadline;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;

use crate::engine::{Engine, Id, Item, Job, Shared};
use crate::error::TaskError;
use crate::order::{address_of, encode};

/// How many items [`Results`] takes from its source for each worker ahead of what it has given out: one to
/// work on, one that is ready when that is done.
pub const ITEMS_AHEAD: usize = 2;

pub(crate) fn decode<R: DeserializeOwned>(
    place: usize,
    result: Result<ByteBuf, TaskError>,
) -> Result<R, TaskError> {
    postcard::from_bytes(&result?)
        .map_err(|error| TaskError::NotCoded { item: place, reason: error.to_string() })
}

/// Takes one call on: a task with an id, and a place in its caller's counting.
pub(crate) fn enqueue<F, A>(engine: &mut Engine, place: usize, args: &A) -> Id
where
    F: Target<A>,
    A: Serialize + DeserializeOwned,
    F::Output: Serialize,
{
    let id = engine.new_id();
    match encode(args) {
        Ok(args) => {
            let items = VecDeque::from([Item { id, place, args }]);
            engine.enqueue(Job { runner: address_of::<F, A>(), items });
        }
        Err(error) => {
            engine.fail(id, TaskError::NotCoded { item: place, reason: error.to_string() });
        }
    }
    id
}

/// An iterator over the results of [`Pool::imap`](crate::Pool::imap) and
/// [`imap_unordered`](crate::Pool::imap_unordered).
///
/// It takes at most [`ITEMS_AHEAD`] items a worker from its source ahead of what it has given out, so the source may
/// be endless. Each step blocks until a result is there. Dropping it forgets the rest; a task that runs by
/// then runs to its end.
pub struct Results<'p, I, F, R> {
    pool: &'p Shared,
    source: I,
    /// Taken from the source and not given out, in order.
    pending: VecDeque<(Id, usize)>,
    next_place: usize,
    ordered: bool,
    calls: PhantomData<fn(F) -> R>,
}

impl<'p, I, F, R> Results<'p, I, F, R> {
    pub(crate) fn new(pool: &'p Shared, source: I, ordered: bool) -> Self {
        Self { pool, source, pending: VecDeque::new(), next_place: 0, ordered, calls: PhantomData }
    }
}

impl<I, F, R> Iterator for Results<'_, I, F, R>
where
    I: Iterator,
    I::Item: Serialize + DeserializeOwned,
    F: Target<(I::Item,), Output = R>,
    R: Serialize + DeserializeOwned,
{
    type Item = Result<R, TaskError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let ahead = match self.pool.engine() {
                Ok(engine) => ITEMS_AHEAD * engine.size(),
                Err(error) => return self.source.next().map(|_| Err(error)),
            };
            while self.pending.len() < ahead {
                // The source is somebody else's code, which may use the pool: nothing is borrowed here.
                let Some(item) = self.source.next() else { break };
                let Ok(mut engine) = self.pool.engine() else { break };
                let id = enqueue::<F, _>(&mut engine, self.next_place, &(item,));
                self.pending.push_back((id, self.next_place));
                self.next_place += 1;
            }
            if self.pending.is_empty() {
                return None;
            }
            let Ok(mut engine) = self.pool.engine() else { return None };
            let candidates = if self.ordered { 1 } else { self.pending.len() };
            for n in 0..candidates {
                let (id, place) = self.pending[n];
                if let Some(result) = engine.collect(id) {
                    self.pending.remove(n);
                    return Some(decode(place, result));
                }
            }
            engine.step(Deadline::NEVER);
        }
    }
}

impl<I, F, R> Drop for Results<'_, I, F, R> {
    fn drop(&mut self) {
        let Ok(mut engine) = self.pool.engine() else { return };
        self.pending.drain(..).for_each(|(id, _)| engine.forget(id));
    }
}

impl<I, F, R> fmt::Debug for Results<'_, I, F, R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Results")
            .field("pending", &self.pending.len())
            .finish_non_exhaustive()
    }
}

/// One task of a pool, made by [`Pool::submit`](crate::Pool::submit).
///
/// It may outlive its pool; its result is then [`TaskError::PoolClosed`]. Dropping it forgets the task.
pub struct Task<R> {
    pool: Rc<Shared>,
    /// While the pool has the task or its result.
    id: Option<Id>,
    /// Kept until it is given out.
    result: Option<Result<R, TaskError>>,
}

impl<R: DeserializeOwned> Task<R> {
    pub(crate) fn new(pool: Rc<Shared>, id: Result<Id, TaskError>) -> Self {
        match id {
            Ok(id) => Self { pool, id: Some(id), result: None },
            Err(error) => Self { pool, id: None, result: Some(Err(error)) },
        }
    }

    /// Waits for the result. Blocks; the pool's other tasks move on meanwhile.
    ///
    /// # Errors
    ///
    /// See [`TaskError`].
    pub fn wait(mut self) -> Result<R, TaskError> {
        loop {
            if self.is_ready_before(Deadline::NEVER) {
                return self.result.take().unwrap_or(Err(TaskError::PoolClosed));
            }
        }
    }

    /// Waits for the result at most so long; gives the task back if it is not done then.
    ///
    /// # Errors
    ///
    /// `Err(task)` when the time is over, to wait again or to drop. The result is in `Ok`.
    pub fn wait_timeout(mut self, timeout: Duration) -> Result<Result<R, TaskError>, Self> {
        let deadline = Deadline::after(timeout);
        if self.is_ready_before(deadline) {
            return Ok(self.result.take().unwrap_or(Err(TaskError::PoolClosed)));
        }
        Err(self)
    }

    /// Whether the result is there. Never blocks; the pool moves on a little.
    pub fn is_ready(&mut self) -> bool {
        self.is_ready_before(Deadline::after(Duration::ZERO))
    }

    fn is_ready_before(&mut self, deadline: Deadline) -> bool {
        let mut engine = match self.pool.engine() {
            Ok(engine) => engine,
            Err(error) => {
                self.result.get_or_insert(Err(error));
                return true;
            }
        };
        let Some(id) = self.id else { return true };
        // With a deadline that has passed: one look, and one step to see what has come already.
        let mut last = false;
        loop {
            if let Some(result) = engine.collect(id) {
                self.id = None;
                self.result = Some(decode(0, result));
                return true;
            }
            if last {
                return false;
            }
            last = deadline.has_passed();
            engine.step(deadline);
        }
    }
}

impl<R> Drop for Task<R> {
    fn drop(&mut self) {
        if let (Some(id), Ok(mut engine)) = (self.id, self.pool.engine()) {
            engine.forget(id);
        }
    }
}

impl<R> fmt::Debug for Task<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Task").field("id", &self.id).finish_non_exhaustive()
    }
}
