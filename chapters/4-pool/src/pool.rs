//! The pool: what you call.

use std::rc::Rc;

use nix::unistd::Pid;
use process::Target;
use process::ready::Deadline;
use process::target::assert_captures_nothing;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::builder::Builder;
use crate::error::{PoolError, TaskError};
use crate::results::{Results, Task, enqueue};
use crate::shared::Shared;
use crate::staff::Settings;
use crate::worker::work;

/// The number of processors this process may use: a good number of workers for computing.
///
/// What the scheduler (`sched_getaffinity(2)`) and the control group's quota leave it.
pub fn cores() -> usize {
    num_cpus::get()
}

/// Worker processes that run functions over items.
///
/// # Workers
///
/// They are forked when the pool is made, live as long as it does, and die with it, also when this process is
/// killed. One that dies is replaced when there is work for it.
///
/// # Functions
///
/// A function captures nothing ([`Target`]); items and results travel by serde. It may panic, exit or be killed: that
/// is the error of its item alone.
///
/// # Dropping
///
/// Ends the workers and reaps them; what still runs is killed ([`terminate`](Self::terminate) says how long it takes). Tasks that are pending get
/// [`TaskError::PoolClosed`].
#[derive(Debug)]
pub struct Pool {
    pub(crate) shared: Rc<Shared>,
}

impl Pool {
    /// Starts a pool of `workers` processes; [`cores`] is a good number.
    ///
    /// # Errors
    ///
    /// See [`PoolError`]. No process is left then.
    pub fn new(workers: usize) -> Result<Self, PoolError> {
        Builder::new().workers(workers).build()
    }

    pub(crate) fn with(settings: Settings) -> Result<Self, PoolError> {
        Ok(Self { shared: Rc::new(Shared::new(settings)?) })
    }

    /// The workers' pids, now: one that dies is replaced by another.
    pub fn pids(&self) -> Vec<Pid> {
        self.shared.engine().map_or_else(|_| Vec::new(), |engine| engine.pids())
    }

    /// Calls `function` with each item, several at a time, and gives the results in the items' order. Blocks.
    ///
    /// # Errors
    ///
    /// The first item's that failed, after all are done: [`try_map`](Self::try_map) gives each one its own.
    pub fn map<T, F, R>(
        &self,
        function: F,
        items: impl IntoIterator<Item = T>,
    ) -> Result<Vec<R>, TaskError>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(T) -> R + Copy + 'static,
        R: Serialize + DeserializeOwned,
    {
        self.collect(function, items.into_iter().map(|item| (item,)).collect(), None)
    }

    /// Like [`map`](Self::map), with `chunk` items in each message to a worker.
    ///
    /// A large chunk costs less for each item; a small one spreads the work more evenly. 0 counts as 1.
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map).
    pub fn map_chunked<T, F, R>(
        &self,
        function: F,
        items: impl IntoIterator<Item = T>,
        chunk: usize,
    ) -> Result<Vec<R>, TaskError>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(T) -> R + Copy + 'static,
        R: Serialize + DeserializeOwned,
    {
        self.collect(function, items.into_iter().map(|item| (item,)).collect(), Some(chunk))
    }

    /// Like [`map`](Self::map), for functions of several parameters: each item is a tuple of them.
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map).
    pub fn starmap<A, F>(
        &self,
        function: F,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<F::Output>, TaskError>
    where
        A: Serialize + DeserializeOwned,
        F: Target<A>,
        F::Output: Serialize + DeserializeOwned,
    {
        self.collect(function, items.into_iter().collect(), None)
    }

    /// Like [`map`](Self::map), with a `Result` for each item: one that fails does not hide the others. Blocks.
    pub fn try_map<T, F, R>(
        &self,
        function: F,
        items: impl IntoIterator<Item = T>,
    ) -> Vec<Result<R, TaskError>>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(T) -> R + Copy + 'static,
        R: Serialize + DeserializeOwned,
    {
        let items: Vec<_> = items.into_iter().map(|item| (item,)).collect();
        let mut results = Vec::new();
        results.resize_with(items.len(), || Err(TaskError::PoolClosed));
        self.run(function, items, None, |place, result| results[place] = result);
        results
    }

    /// Calls `function` with each item and gives the results in the items' order, as soon as they are there.
    ///
    /// Never blocks by itself; the iterator's steps do.
    pub fn imap<T, I, F, R>(&self, function: F, items: I) -> Results<'_, I::IntoIter, F, R>
    where
        T: Serialize + DeserializeOwned,
        I: IntoIterator<Item = T>,
        F: Fn(T) -> R + Copy + 'static,
    {
        self.results(function, items.into_iter(), true)
    }

    /// Like [`imap`](Self::imap), in the order in which the results come in.
    pub fn imap_unordered<T, I, F, R>(
        &self,
        function: F,
        items: I,
    ) -> Results<'_, I::IntoIter, F, R>
    where
        T: Serialize + DeserializeOwned,
        I: IntoIterator<Item = T>,
        F: Fn(T) -> R + Copy + 'static,
    {
        self.results(function, items.into_iter(), false)
    }

    fn results<I, F, R>(&self, _function: F, source: I, ordered: bool) -> Results<'_, I, F, R> {
        const { assert_captures_nothing::<F>() };
        Results::new(&self.shared, source, ordered)
    }

    /// Hands in one call of `function` and gives a handle to wait for it. Starts it if a worker is free.
    pub fn submit<T, F, R>(&self, _function: F, item: T) -> Task<R>
    where
        T: Serialize + DeserializeOwned,
        F: Fn(T) -> R + Copy + 'static,
        R: Serialize + DeserializeOwned,
    {
        const { assert_captures_nothing::<F>() };
        let call = self.shared.engine().and_then(|mut engine| {
            if engine.is_closed() {
                return Err(TaskError::PoolClosed);
            }
            Ok(engine.open_call())
        });
        let task = Task::new(Rc::clone(&self.shared), call.clone());
        if let Ok(call) = call {
            enqueue::<F, _>(&self.shared, call, 0, &(item,));
        }
        task
    }

    /// Waits until everything that was handed in is done, then ends the workers. As Python's `close` and `join`.
    ///
    /// Blocks. Handles of tasks give their results afterwards, too.
    pub fn join(self) {
        while let Ok(mut engine) = self.shared.engine()
            && !engine.is_idle()
        {
            engine.step(Deadline::NEVER);
        }
    }

    /// Ends the workers now; what runs is killed. As Python's `terminate`, and as dropping the pool.
    ///
    /// Blocks until they are reaped: a moment, or a second if an idle one does not end by itself and has to be killed.
    pub fn terminate(self) {}
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Ok(mut engine) = self.shared.engine() {
            engine.close();
        }
    }
}

/// Makes the workers of pools that use [`StartMethod::Exec`](process::StartMethod::Exec) known: call it first in
/// `main`, as [`process::register`].
pub fn register_worker() {
    process::register(work);
}
