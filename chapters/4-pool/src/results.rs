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

use crate::engine::Engine;
use crate::error::TaskError;
use crate::job::{CallId, Job};
use crate::order::distance_of;
use crate::pool::Shared;

/// How many items [`Results`] takes from its source for each worker ahead of what it has given out: one to
/// work on, one that is ready when that is done.
pub const ITEMS_AHEAD: usize = 2;

pub(crate) fn decode<R: DeserializeOwned>(place: usize, result: &[u8]) -> Result<R, TaskError> {
    postcard::from_bytes(result)
        .map_err(|error| TaskError::NotCoded { item: place, reason: error.to_string() })
}

/// Takes one call of a function on.
pub(crate) fn enqueue<F, A>(engine: &mut Engine, call: CallId, place: usize, args: &A)
where
    F: Target<A>,
    A: Serialize + DeserializeOwned,
    F::Output: Serialize,
{
    let mut job = Job::new(call, place, distance_of::<F, A>());
    match job.push(args) {
        Ok(()) => engine.enqueue(job),
        Err(error) => {
            let reason = error.to_string();
            engine.fail(call, place, TaskError::NotCoded { item: place, reason });
        }
    }
}

/// An iterator over the results of [`Pool::imap`](crate::Pool::imap) and
/// [`imap_unordered`](crate::Pool::imap_unordered).
///
/// It takes at most [`ITEMS_AHEAD`] items a worker from its source ahead of what it has given out, so the source may
/// be endless. Each step blocks until a result is there. Dropping it forgets the rest; a task that runs by
/// then runs to its end.
pub struct Results<'p, I, F, R> {
    pool: &'p Shared,
    call: Option<CallId>,
    source: I,
    /// The places of what was taken from the source and not given out, in order.
    pending: VecDeque<usize>,
    next_place: usize,
    ordered: bool,
    calls: PhantomData<fn(F) -> R>,
}

impl<'p, I, F, R> Results<'p, I, F, R> {
    pub(crate) fn new(pool: &'p Shared, source: I, ordered: bool) -> Self {
        let call = pool.engine().ok().map(|mut engine| engine.open_call());
        Self {
            pool,
            call,
            source,
            pending: VecDeque::new(),
            next_place: 0,
            ordered,
            calls: PhantomData,
        }
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
            let (ahead, call) = match (self.pool.engine(), self.call) {
                (Ok(engine), Some(call)) => (ITEMS_AHEAD * engine.size(), call),
                _ => return self.source.next().map(|_| Err(TaskError::OtherProcess)),
            };
            while self.pending.len() < ahead {
                // The source is somebody else's code, which may use the pool: nothing is borrowed here.
                let Some(item) = self.source.next() else { break };
                let Ok(mut engine) = self.pool.engine() else { break };
                enqueue::<F, _>(&mut engine, call, self.next_place, &(item,));
                self.pending.push_back(self.next_place);
                self.next_place += 1;
            }
            if self.pending.is_empty() {
                return None;
            }
            let Ok(mut engine) = self.pool.engine() else { return None };
            let candidates = if self.ordered { 1 } else { self.pending.len() };
            for n in 0..candidates {
                let place = self.pending[n];
                if let Some(result) = engine.take(call, place) {
                    self.pending.remove(n);
                    return Some(result.and_then(|result| decode(place, &result)));
                }
            }
            engine.step(Deadline::NEVER, &mut None);
        }
    }
}

impl<I, F, R> Drop for Results<'_, I, F, R> {
    fn drop(&mut self) {
        if let (Ok(mut engine), Some(call)) = (self.pool.engine(), self.call) {
            engine.forget(call);
        }
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
    call: Option<CallId>,
    /// Kept until it is given out.
    result: Option<Result<R, TaskError>>,
}

impl<R: DeserializeOwned> Task<R> {
    pub(crate) fn new(pool: Rc<Shared>, call: Result<CallId, TaskError>) -> Self {
        match call {
            Ok(call) => Self { pool, call: Some(call), result: None },
            Err(error) => Self { pool, call: None, result: Some(Err(error)) },
        }
    }

    /// Waits for the result. Blocks; the pool's other tasks move on meanwhile.
    ///
    /// # Errors
    ///
    /// See [`TaskError`].
    pub fn wait(mut self) -> Result<R, TaskError> {
        while !self.is_ready_before(Deadline::NEVER) {}
        self.result.take().unwrap_or(Err(TaskError::PoolClosed))
    }

    /// Waits for the result at most so long; gives the task back if it is not done then.
    ///
    /// # Errors
    ///
    /// `Err(task)` when the time is over, to wait again or to drop. The result is in `Ok`.
    pub fn wait_timeout(mut self, timeout: Duration) -> Result<Result<R, TaskError>, Self> {
        if self.is_ready_before(Deadline::after(timeout)) {
            return Ok(self.result.take().unwrap_or(Err(TaskError::PoolClosed)));
        }
        Err(self)
    }

    /// Whether the result is there. Never blocks; the pool moves on a little.
    pub fn is_ready(&mut self) -> bool {
        self.is_ready_before(Deadline::after(Duration::ZERO))
    }

    fn is_ready_before(&mut self, deadline: Deadline) -> bool {
        let (mut engine, call) = match (self.pool.engine(), self.call) {
            (Ok(engine), Some(call)) => (engine, call),
            _ => {
                self.result.get_or_insert(Err(TaskError::OtherProcess));
                return true;
            }
        };
        while self.result.is_none() {
            // Looked at before the step, so that a timeout of zero sees what has come already.
            let last = deadline.has_passed();
            engine.step(deadline, &mut None);
            let result = engine.take(call, 0);
            self.result = result.map(|result| result.and_then(|result| decode(0, &result)));
            if last {
                break;
            }
        }
        self.result.is_some()
    }
}

impl<R> Drop for Task<R> {
    fn drop(&mut self) {
        if let (Ok(mut engine), Some(call)) = (self.pool.engine(), self.call) {
            engine.forget(call);
        }
    }
}

impl<R> fmt::Debug for Task<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Task").field("call", &self.call).finish_non_exhaustive()
    }
}
