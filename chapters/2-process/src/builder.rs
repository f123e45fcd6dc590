//! How to start a process: its name, the start method, whether it dies with its parent.

use std::sync::atomic::{AtomicU32, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::handle::sweep;
use crate::process::Process;
use crate::target::assert_captures_nothing;
use crate::{SpawnError, Target, exec, fork};

/// How a new process begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StartMethod {
    /// As a copy of its parent (`fork(2)`): quick, but only for a parent with one thread, and the more
    /// memory the parent has mapped, the slower.
    ///
    /// The child keeps standard input, output and error and the descriptors in its arguments; every
    /// other is closed in it. None of the parent's destructors run in it.
    #[default]
    Fork,
    /// As the same program run anew (`execve(2)`): from any thread of any parent, at the same cost
    /// however large that is, but the target has to be [registered](crate::register) first in `main`.
    ///
    /// Arguments travel as bytes (serde and postcard), descriptors in them by number. The environment is the
    /// parent's; the command line is not, so what stood there has to be in the arguments, too. Python's `spawn`.
    Exec,
}

/// A process to be started.
///
/// ```standalone_crate
/// use process::{Builder, StartMethod};
///
/// fn worker(number: u32) -> u32 {
///     number + 1
/// }
///
/// process::register(worker);
/// let child = Builder::new().name("adder").start(StartMethod::Exec).spawn(worker, (1,))?;
/// assert_eq!(child.join()?, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    name: Option<String>,
    start: StartMethod,
    pub(crate) die_with_parent: bool,
}

impl Builder {
    /// A process named `Process-1`, `Process-2` …, started by fork, that may outlive its parent.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives it a name, for errors and timelines (`ps` does not show it).
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Chooses the start method; [`spawn`](Self::spawn) is what starts it.
    pub fn start(mut self, start: StartMethod) -> Self {
        self.start = start;
        self
    }

    /// Has the kernel kill it (`SIGKILL`) when the thread that starts it ends, at the latest with the parent,
    /// even if that is killed itself. So start it from a thread that outlives it. In a re-executed child this
    /// holds from [`register`](crate::register) on.
    /// Source: `PR_SET_PDEATHSIG(2const)`.
    pub fn die_with_parent(mut self, die: bool) -> Self {
        self.die_with_parent = die;
        self
    }

    /// Starts a process that calls `target` with `args`, a tuple with one entry for each parameter.
    ///
    /// Blocks while the system starts the process, not until its target runs. Before a fork also while what is
    /// buffered in standard output is flushed, and for up to 10 ms while threads that were joined disappear.
    ///
    /// The parent lets go of `args`: a queue or pipe in them is the child's now.
    ///
    /// # Errors
    ///
    /// See [`SpawnError`]; no process is left then, and `args` are dropped.
    pub fn spawn<A, T>(&self, target: T, args: A) -> Result<Process<T::Output>, SpawnError>
    where
        A: Serialize + DeserializeOwned,
        T: Target<A>,
        T::Output: Serialize + DeserializeOwned,
    {
        const { assert_captures_nothing::<T>() };
        static STARTED: AtomicU32 = AtomicU32::new(0);
        exec::assert_claimed()?;
        sweep();
        let name = self
            .name
            .clone()
            .unwrap_or_else(|| format!("Process-{}", STARTED.fetch_add(1, Ordering::Relaxed) + 1));
        let handle = match self.start {
            StartMethod::Fork => fork::start(self, &name, target, args)?,
            // The type says which target it is: it captures nothing, so its name is all that is sent.
            StartMethod::Exec => exec::start::<A, T>(self, &name, args)?,
        };
        Ok(Process::from(handle))
    }
}
