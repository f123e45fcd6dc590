//! A pool of threads over two channels: what stands against [`pool::Pool`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};
use lesson::{Result, text};

/// Threads that wait for items and run one function over them.
///
/// Dropping it joins them, so that the program can fork again.
#[derive(Debug)]
pub struct Threads<T, R> {
    /// Gone while it is dropped.
    items: Option<Sender<(usize, T)>>,
    results: Receiver<(usize, thread::Result<R>)>,
    workers: Vec<JoinHandle<()>>,
}

impl<T: Send + 'static, R: Send + 'static> Threads<T, R> {
    /// Starts `count` threads that run `function`.
    ///
    /// # Errors
    ///
    /// The system does not start another thread (`EAGAIN`). Those that were started are joined.
    pub fn new(count: usize, function: fn(T) -> R) -> Result<Self> {
        let (items, to_do) = unbounded();
        let (done, results) = unbounded();
        let mut threads = Self { items: Some(items), results, workers: Vec::with_capacity(count) };
        for _ in 0..count {
            let (to_do, done) = (to_do.clone(), done.clone());
            let work = move || {
                for (place, item) in to_do {
                    let result = catch_unwind(AssertUnwindSafe(|| function(item)));
                    if done.send((place, result)).is_err() {
                        return;
                    }
                }
            };
            threads.workers.push(thread::Builder::new().spawn(work)?);
        }
        Ok(threads)
    }

    /// Runs the function over the items, each by the thread that is free, and gives the results in their order.
    /// Blocks.
    ///
    /// # Errors
    ///
    /// The function panicked for an item. The pool is of no use after that: other results may still come.
    pub fn map(&self, items: impl IntoIterator<Item = T>) -> Result<Vec<R>> {
        let gone = || text!("a thread panicked", "スレッドがパニックしました");
        let mut count = 0;
        for item in items {
            self.items.as_ref().ok_or_else(gone)?.send((count, item)).map_err(|_| gone())?;
            count += 1;
        }
        let mut results = Vec::with_capacity(count);
        for _ in 0..count {
            let (place, result) = self.results.recv().map_err(|_| gone())?;
            results.push((place, result.map_err(|_| gone())?));
        }
        results.sort_unstable_by_key(|&(place, _)| place);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }
}

impl<T, R> Drop for Threads<T, R> {
    fn drop(&mut self) {
        // They end when nobody can send items any more.
        self.items = None;
        for worker in self.workers.drain(..) {
            // Nothing in them panics outside of catch_unwind.
            let _ = worker.join();
        }
    }
}
