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

use crate::error::TaskError;
use crate::inbox::Inbox;
use crate::job::{CallId, Job};
use crate::order::distance_of;
use crate::shared::Shared;

/// How many items [`Results`] takes from its source for each worker ahead of what it has given out: one to
/// work on, one that is ready when that is done.
pub const ITEMS_AHEAD: usize = 2;

#[inline]
pub(crate) fn decode<R: DeserializeOwned>(place: usize, result: &[u8]) -> Result<R, TaskError> {
    postcard::from_bytes(result)
        .map_err(|error| TaskError::NotCoded { item: place, reason: error.to_string() })
}

/// Takes one call of a function on.
pub(crate) fn enqueue<F, A>(pool: &Shared, call: CallId, place: usize, args: &A)
where
    F: Target<A>,
    A: Serialize + DeserializeOwned,
    F::Output: Serialize,
{
    let mut job = Job::new(call, place, distance_of::<F, A>());
    let pushed = job.push(args);
    if let Ok(mut engine) = pool.engine() {
        match pushed {
            Ok(()) => engine.enqueue(job),
            Err(error) => {
                let reason = error.to_string();
                engine.fail(call, place, TaskError::NotCoded { item: place, reason });
            }
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
    /// How many items were taken from the source.
    taken: usize,
    /// How many results were given out.
    given: usize,
    ordered: bool,
    inbox: Inbox,
    /// What has come and was not given out yet, by place, in the order in which it came.
    come: VecDeque<(usize, Result<Vec<u8>, TaskError>)>,
    calls: PhantomData<fn(F) -> R>,
}

impl<'p, I, F, R> Results<'p, I, F, R> {
    pub(crate) fn new(pool: &'p Shared, source: I, ordered: bool) -> Self {
        let call = pool.engine().ok().map(|mut engine| engine.open_call());
        Self {
            pool,
            call,
            source,
            taken: 0,
            given: 0,
            ordered,
            inbox: Inbox::default(),
            come: VecDeque::new(),
            calls: PhantomData,
        }
    }

    /// The next result to be given out, if it has come.
    fn next_come(&mut self) -> Option<(usize, Result<Vec<u8>, TaskError>)> {
        let next = if self.ordered {
            self.come.iter().position(|&(place, _)| place == self.given)?
        } else {
            0
        };
        let come = self.come.remove(next)?;
        self.given += 1;
        Some(come)
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
        let (ahead, call) = match (self.pool.engine(), self.call) {
            (Ok(engine), Some(call)) => (ITEMS_AHEAD.saturating_mul(engine.size()), call),
            _ => return self.source.next().map(|_| Err(TaskError::OtherProcess)),
        };
        // The source, to encode and to decode is the program's own code, which may use the pool.
        while self.taken - self.given < ahead
            && let Some(item) = self.source.next()
        {
            enqueue::<F, _>(self.pool, call, self.taken, &(item,));
            self.taken += 1;
        }
        if self.taken == self.given {
            return None;
        }
        loop {
            if let Some((place, result)) = self.next_come() {
                return Some(result.and_then(|result| decode(place, &result)));
            }
            self.pool.engine().ok()?.fetch(call, Deadline::NEVER, &mut self.inbox);
            let come = &mut self.come;
            self.inbox.empty(|place, result| come.push_back((place, result.map(<[u8]>::to_vec))));
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
            .field("pending", &(self.taken - self.given))
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
        let mut inbox = Inbox::default();
        while self.result.is_none() {
            let (Ok(mut engine), Some(call)) = (self.pool.engine(), self.call) else {
                self.result = Some(Err(TaskError::OtherProcess));
                break;
            };
            // Looked at before the step, so that a timeout of zero sees what has come already.
            let last = deadline.has_passed();
            engine.fetch(call, deadline, &mut inbox);
            let closed = engine.is_closed();
            drop(engine);
            let result = &mut self.result;
            inbox.empty(|place, come| *result = Some(come.and_then(|come| decode(place, come))));
            if closed {
                self.result.get_or_insert(Err(TaskError::PoolClosed));
            }
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
