//! Several workers that begin at the same moment, and the time until the last is done.

use std::time::{Duration, Instant};

use lesson::{Result, text};
use queue::{Consumer, Producer, Queue};
use serde::{Deserialize, Serialize};

/// A worker that has not reported by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a worker is told, and tells.
#[derive(Debug, Serialize, Deserialize)]
pub struct Signals {
    start: Consumer<()>,
    reached: Producer<()>,
}

impl Signals {
    /// A worker's side: says that it is ready, and waits for the start.
    ///
    /// # Errors
    ///
    /// The conductor is gone.
    pub fn wait(&self) -> std::result::Result<(), String> {
        self.reached.put(()).map_err(|error| error.to_string())?;
        self.start.get().map_err(|error| error.to_string())
    }

    /// A worker's side: says that it is done.
    ///
    /// # Errors
    ///
    /// The conductor is gone.
    pub fn done(&self) -> std::result::Result<(), String> {
        self.reached.put(()).map_err(|error| error.to_string())
    }
}

/// Takes the time from the start, when all workers are ready, until all are done.
#[derive(Debug)]
pub struct Conductor {
    workers: usize,
    start: Queue<()>,
    reached: Queue<()>,
}

impl Conductor {
    /// For so many workers.
    ///
    /// # Errors
    ///
    /// Those of [`Queue::new`].
    pub fn new(workers: usize) -> Result<Self> {
        Ok(Self { workers, start: Queue::new(workers)?, reached: Queue::new(workers)? })
    }

    /// What one worker is given.
    ///
    /// # Errors
    ///
    /// `EMFILE`.
    pub fn signals(&self) -> Result<Signals> {
        Ok(Signals { start: self.start.consumer()?, reached: self.reached.producer()? })
    }

    /// Lets all of them start, and waits for them.
    ///
    /// Also when this fails, workers that wait for the start see that nobody can give it any more, and end.
    ///
    /// # Errors
    ///
    /// A worker does not report.
    pub fn time(mut self) -> Result<Duration> {
        // From here on only workers can report: if none is left, waiting for them ends.
        self.reached.close();
        self.all_reached()?;
        let start = Instant::now();
        for _ in 0..self.workers {
            self.start.put(())?;
        }
        self.all_reached()?;
        Ok(start.elapsed())
    }

    fn all_reached(&self) -> Result {
        for _ in 0..self.workers {
            self.reached.get_timeout(PATIENCE).map_err(|error| {
                text!("a worker does not report: {error}", "ワーカーから連絡がありません: {error}")
            })?;
        }
        Ok(())
    }
}
