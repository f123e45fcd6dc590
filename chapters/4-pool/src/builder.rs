//! How to make a pool: its workers, what they do first, when they are replaced, how often a call is tried.

use process::target::assert_captures_nothing;
use process::{StartMethod, Target};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::PoolError;
use crate::job::Job;
use crate::order::distance_of;
use crate::pool::{Pool, cores};
use crate::staff::Settings;

/// A pool to be made.
///
/// ```standalone_crate
/// use pool::Builder;
///
/// fn prepare(folder: String) {
///     std::env::set_current_dir(folder).expect("the folder is there");
/// }
///
/// let pool = Builder::new().workers(4).initializer(prepare, ("/tmp".to_owned(),)).retries(1).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Builder {
    settings: Settings,
    not_encoded: Option<String>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// A pool with a worker for each [core](cores), started by fork.
    pub fn new() -> Self {
        let settings = Settings {
            workers: cores(),
            start: StartMethod::Fork,
            initializer: None,
            max_tasks: None,
            retries: 0,
        };
        Self { settings, not_encoded: None }
    }

    /// How many workers.
    pub fn workers(mut self, workers: usize) -> Self {
        self.settings.workers = workers;
        self
    }

    /// How they are started. With [`StartMethod::Exec`], `main` has to begin with
    /// [`register_worker`](crate::register_worker).
    pub fn start(mut self, start: StartMethod) -> Self {
        self.settings.start = start;
        self
    }

    /// What every worker calls before its first task, with arguments as a tuple. What it sets up (statics,
    /// the working directory) is there for the tasks.
    pub fn initializer<F, A>(mut self, _function: F, args: A) -> Self
    where
        F: Target<A, Output = ()>,
        A: Serialize + DeserializeOwned,
    {
        const { assert_captures_nothing::<F>() };
        let mut job = Job::new(0, 0, distance_of::<F, A>());
        match job.push(&args) {
            Ok(()) => self.settings.initializer = Some(job.order),
            Err(error) => self.not_encoded = Some(error.to_string()),
        }
        self
    }

    /// Replaces a worker after it has done so many tasks, against leaks in them. 0 counts as 1.
    pub fn max_tasks_per_child(mut self, most: usize) -> Self {
        self.settings.max_tasks = Some(most.max(1));
        self
    }

    /// Gives a task whose worker died to another one, up to so many times: it is done *at least* once then, perhaps in
    /// part more often. 0, as it is by default: at most once.
    pub fn retries(mut self, retries: usize) -> Self {
        self.settings.retries = retries;
        self
    }

    /// Starts the workers. Blocks until their initializers are done: for ever, if one never ends.
    ///
    /// # Errors
    ///
    /// See [`PoolError`]. No process is left then.
    pub fn build(&self) -> Result<Pool, PoolError> {
        match &self.not_encoded {
            Some(reason) => Err(PoolError::InitializerArgs { reason: reason.clone() }),
            None => Pool::with(self.settings.clone()),
        }
    }
}
