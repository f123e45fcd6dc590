//! What `map` and its relatives do: make jobs of the items, hand them in, put the results in their places.

use std::mem::replace;

use process::Target;
use process::ready::Deadline;
use process::target::assert_captures_nothing;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::TaskError;
use crate::inbox::Inbox;
use crate::job::{CallId, Job};
use crate::order::distance_of;
use crate::pool::Pool;
use crate::results::decode;
use crate::shared::Shared;

/// How many jobs `map` makes for each worker: enough that one who is done early finds another.
const JOBS_PER_WORKER: usize = 4;

/// How many bytes of arguments are enough for one job.
const LARGEST_JOB: usize = 64 << 10;

impl Pool {
    /// All results in order, or the first error.
    pub(crate) fn collect<A, F>(
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
    pub(crate) fn run<A, F>(
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
