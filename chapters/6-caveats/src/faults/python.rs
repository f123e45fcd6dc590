//! Our Python counterpart of a fault (`python/faults/<name>.py`), under the same deadline.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use lesson::text;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Serialize;

use super::catalogue::FAULTS;
use super::seen::{running_in_group, within};

/// So many run at a time: most of them only wait.
const AT_ONCE: usize = 6;

/// What a Python program did with a fault.
#[derive(Clone, Debug, Serialize)]
pub struct Counterpart {
    /// Whether it still ran when the deadline had passed.
    pub hangs: bool,
    /// What it said, in the reader's language.
    pub said: String,
    /// How many lines it wrote to standard error: tracebacks.
    pub stderr_lines: usize,
    /// How many of its processes still ran a moment after its end.
    pub left: usize,
}

impl Counterpart {
    /// All of it in a sentence.
    pub fn describe(&self) -> String {
        let hangs =
            self.hangs.then(|| text!("hangs (killed after 10 s)", "ハング(10秒後に強制終了)"));
        let said = (!self.said.is_empty()).then(|| self.said.clone());
        let left = (!self.hangs && self.left > 0).then(|| {
            let left = self.left;
            text!("left behind: {left} processes", "残されたプロセス: {left}個")
        });
        let parts: Vec<String> = [hangs, said, left].into_iter().flatten().collect();
        parts.join(&text!("; ", "。"))
    }
}

/// The version of `python3`; `None` if there is none on this machine.
pub fn version() -> Option<String> {
    let output = Command::new("python3").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().strip_prefix("Python ").map(str::to_owned)
}

/// Where the counterpart of a fault is; `None` if there is none, because Python has nothing of the kind.
pub fn script(fault: usize) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/faults");
    Some(folder.join(FAULTS[fault].name).with_extension("py")).filter(|path| path.exists())
}

/// Runs the counterparts of these faults, several at a time. Blocks, for some 10 s each: most of them hang.
///
/// # Errors
///
/// `python3` cannot be started.
pub fn run(faults: &[usize]) -> lesson::Result<Vec<Option<Counterpart>>> {
    let mut waiting: Vec<(usize, PathBuf)> =
        faults.iter().enumerate().filter_map(|(n, &fault)| Some((n, script(fault)?))).collect();
    waiting.reverse();
    let mut running: Vec<(usize, Running)> = Vec::new();
    let mut done = vec![None; faults.len()];
    while !waiting.is_empty() || !running.is_empty() {
        while running.len() < AT_ONCE
            && let Some((n, script)) = waiting.pop()
        {
            running.push((n, Running::start(&script, FAULTS[faults[n]].deadline)?));
        }
        let mut still = Vec::new();
        for (n, mut one) in running {
            match one.ended()? {
                Some(hangs) => done[n] = Some(one.finish(hangs)?),
                None => still.push((n, one)),
            }
        }
        running = still;
        sleep(Duration::from_millis(10));
    }
    Ok(done)
}

/// A counterpart that runs, in a group of its own.
struct Running {
    child: Child,
    stdout: File,
    stderr: File,
    deadline: Instant,
}

impl Running {
    fn start(script: &Path, deadline: Duration) -> lesson::Result<Self> {
        let (stdout, stderr) = (in_memory()?, in_memory()?);
        let child = Command::new("python3")
            .arg(script)
            .env("LESSON_LANG", lesson::language().name())
            .stdin(Stdio::null())
            .stdout(stdout.try_clone()?)
            .stderr(stderr.try_clone()?)
            .process_group(0)
            .spawn()?;
        Ok(Self { child, stdout, stderr, deadline: Instant::now() + deadline })
    }

    /// Whether it has ended, and if so whether only by the deadline.
    fn ended(&mut self) -> lesson::Result<Option<bool>> {
        if self.child.try_wait()?.is_some() {
            return Ok(Some(false));
        }
        Ok((Instant::now() > self.deadline).then_some(true))
    }

    fn finish(mut self, hangs: bool) -> lesson::Result<Counterpart> {
        let group = Pid::from_raw(self.child.id() as i32);
        // Python's own helpers end a moment after it.
        let alone = !hangs && within(Duration::from_millis(500), || running_in_group(group) == 0);
        let left = if alone { 0 } else { running_in_group(group) };
        // While a member is there its number means this group.
        let _ = killpg(group, Signal::SIGKILL);
        self.child.wait()?;
        let said = read_back(self.stdout)?;
        let stderr = read_back(self.stderr)?;
        let stderr_lines = stderr.lines().count();
        // Who says nothing, and ends, has ended with an error.
        let last_words = if hangs { None } else { stderr.lines().last() };
        let said = said.lines().last().or(last_words).unwrap_or_default().to_owned();
        Ok(Counterpart { hangs, said, stderr_lines, left })
    }
}

fn in_memory() -> lesson::Result<File> {
    let file = File::from(memfd_create(c"output", MFdFlags::MFD_CLOEXEC)?);
    fcntl(&file, FcntlArg::F_SETFL(OFlag::O_APPEND))?;
    Ok(file)
}

fn read_back(mut file: File) -> lesson::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
