//! The pool: what you call.

use std::mem::replace;
use std::rc::Rc;

use nix::unistd::Pid;
use process::Target;
use process::ready::Deadline;
use process::target::assert_captures_nothing;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::builder::Builder;
use crate::error::{PoolError, TaskError};
use crate::inbox::Inbox;
use crate::job::{CallId, Job};
use crate::order::distance_of;
use crate::results::{Results, Task, decode, enqueue};
use crate::shared::Shared;
use crate::staff::Settings;
use crate::worker::work;

/// How many jobs `map` makes for each worker: enough that one who is done early finds another.
const JOBS_PER_WORKER: usize = 4;

/// How many bytes of arguments are enough for one job.
const LARGEST_JOB: usize = 64 << 10;

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
/// Ends the workers and reaps them; what still runs is killed. Tasks that are pending get
/// [`TaskError::PoolClosed`].
#[derive(Debug)]
pub struct Pool {
    shared: Rc<Shared>,
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
    pub fn terminate(self) {}

    /// All results in order, or the first error.
    fn collect<A, F>(
        &self,
        function: F,
        items: Vec<A>,
        chunk: Option<usize>,
    ) -> Result<Vec<F::Output>, TaskError>
    where
        A: Serialize + DeserializeOwned,
        F: Target<A>,
        F::Output: Serialize + DeserializeOwned,
    {
        let mut results = Vec::new();
        results.resize_with(items.len(), || None);
        let mut first: Option<(usize, TaskError)> = None;
        self.run(function, items, chunk, |place, result| match result {
            Ok(result) => results[place] = Some(result),
            Err(error) if first.as_ref().is_none_or(|&(earlier, _)| place < earlier) => {
                first = Some((place, error));
            }
            Err(_) => {}
        });
        match first {
            Some((_, error)) => Err(error),
            None => results.into_iter().collect::<Option<_>>().ok_or(TaskError::PoolClosed),
        }
    }

    /// Gives each item's result to `put`, with its place, as it comes; if the pool is closed meanwhile, not all of them.
    fn run<A, F>(
        &self,
        _function: F,
        items: Vec<A>,
        chunk: Option<usize>,
        mut put: impl FnMut(usize, Result<F::Output, TaskError>),
    ) where
        A: Serialize + DeserializeOwned,
        F: Target<A>,
        F::Output: Serialize + DeserializeOwned,
    {
        const { assert_captures_nothing::<F>() };
        let mut left = items.len();
        let (call, workers) = match self.shared.engine() {
            Ok(mut engine) => (engine.open_call(), engine.size()),
            Err(error) => return (0..left).for_each(|place| put(place, Err(error.clone()))),
        };
        // To encode, to decode and to drop is the program's own code: no engine is borrowed meanwhile, and if that code
        // panics, the call is forgotten.
        let call = Call { pool: &self.shared, call };
        let even = left.div_ceil(workers.saturating_mul(JOBS_PER_WORKER));
        // Of its own accord the pool makes no job that is too large for a worker's lane.
        let most = if chunk.is_some() { usize::MAX } else { LARGEST_JOB };
        let chunk = chunk.unwrap_or(even).max(1);
        let distance = distance_of::<F, A>();
        let mut job = Job::new(call.call, 0, distance);
        for (place, args) in items.into_iter().enumerate() {
            let pushed = job.push(&args);
            if let Err(error) = &pushed {
                let reason = error.to_string();
                put(place, Err(TaskError::NotCoded { item: place, reason }));
                left -= 1;
            }
            if job.count == chunk || job.order.len() >= most || pushed.is_err() {
                // A job's places follow each other: one that failed ends it.
                call.enqueue(replace(&mut job, Job::new(call.call, place + 1, distance)));
            }
        }
        call.enqueue(job);
        let mut inbox = Inbox::default();
        while left > 0
            && let Ok(mut engine) = self.shared.engine()
        {
            engine.fetch(call.call, Deadline::NEVER, &mut inbox);
            drop(engine);
            inbox.empty(|place, result| {
                put(place, result.and_then(|result| decode(place, result)));
                left -= 1;
            });
        }
    }
}

/// An open call of a `map`, forgotten when it is over.
struct Call<'p> {
    pool: &'p Shared,
    call: CallId,
}

impl Call<'_> {
    fn enqueue(&self, job: Job) {
        if let Ok(mut engine) = self.pool.engine() {
            engine.enqueue(job);
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if let Ok(mut engine) = self.pool.engine() {
            engine.forget(self.call);
        }
    }
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
