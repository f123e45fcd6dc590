//! How an answer is started.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::ended::Ended;
use crate::report::Limits;
use crate::running::Running;

/// How an answer is started once: its arguments, input, files and environment, and what it is allowed.
///
/// Each run has a temporary folder of its own as its current one, which is removed with the run. The
/// environment is empty but for `PATH`, `HOME`, `TMPDIR` and `LESSON_LANG=en`.
#[derive(Clone, Debug)]
pub struct Case {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) input: Input,
    files: BTreeMap<String, Vec<u8>>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) limits: Limits,
    pub(crate) most_output: usize,
    pub(crate) allowed: Vec<String>,
}

/// What the answer reads from its standard input.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Bytes(Vec<u8>),
    /// What the check gives while it runs.
    Open,
}

impl Case {
    /// A run of `program` without arguments, files or input.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let limits =
            Limits { deadline: Duration::from_secs(10), processes: 64, memory: 1024 << 20 };
        Self {
            program: program.into(),
            arguments: Vec::new(),
            input: Input::Bytes(Vec::new()),
            files: BTreeMap::new(),
            environment: BTreeMap::new(),
            limits,
            most_output: 1 << 20,
            allowed: Vec::new(),
        }
    }

    /// Adds arguments.
    pub fn args<A: Into<String>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// What it reads from standard input, and then the end of the stream. Without it: the end at once.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Input::Bytes(bytes.into());
        self
    }

    /// Standard input stays open for [`Running::give`] until [`Running::close_stdin`] or [`Running::finish`].
    pub fn interactive(mut self) -> Self {
        self.input = Input::Open;
        self
    }

    /// A file in its folder; `name` may have folders in it.
    pub fn file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(name.to_owned(), bytes.into());
        self
    }

    /// An environment variable.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// It may take this long from its start to its end; without it, 10 seconds.
    pub fn deadline(mut self, seconds: u64) -> Self {
        self.limits.deadline = Duration::from_secs(seconds);
        self
    }

    /// So many processes may live at the same time, the main one among them; without it, 64.
    pub fn processes(mut self, most: usize) -> Self {
        self.limits.processes = most;
        self
    }

    /// All its processes together may use this much memory, in MiB; without it, 1024.
    ///
    /// No file may be larger either, and what processes share is a file: a mapping, a large item of a queue or a ring.
    pub fn memory(mut self, mebibytes: u64) -> Self {
        self.limits.memory = mebibytes << 20;
        self
    }

    /// It may write this many bytes, to standard output and standard error together; without it, 1 MiB.
    pub fn output(mut self, bytes: usize) -> Self {
        self.most_output = bytes;
        self
    }

    /// Switches a rule off, by its name in [`RULES`](crate::problem::RULES): `"orphans"` where the task is to make one.
    pub fn allow(mut self, rule: &str) -> Self {
        self.allowed.push(rule.to_owned());
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// The system refused something the checker needs: a pipe, a process, a temporary folder.
    pub fn start(&self) -> io::Result<Running> {
        let folder = Folder::new()?;
        for (name, bytes) in &self.files {
            let path = folder.path().join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, bytes)?;
        }
        Running::start(self, folder)
    }

    /// Starts it and waits for its end. Blocks no longer than the deadline and the moment that ending it takes.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn run(&self) -> io::Result<Ended> {
        Ok(self.start()?.finish())
    }
}

/// A temporary folder, removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let (id, number) = (std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(format!("exercise-{id}-{number}"));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
