//! The Python counterpart of a question: asked for one sample at a time, so that it takes turns with ours.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use lesson::{Result, text};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::row::Kind;

/// One sample may take this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Python process that waits for questions. Dropping it ends it.
#[derive(Debug)]
pub struct Python {
    child: Child,
    questions: ChildStdin,
    answers: ChildStdout,
}

/// The path of `python/measure/NAME.py`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("python/measure/{name}.py"))
}

/// A command that runs a script; `None` if there is no such script.
pub fn command(name: &str) -> Option<Command> {
    let path = script(name);
    let mut command = Command::new("python3");
    // Its warnings about forks beside threads are right, and not ours to show; its bytecode is nobody's.
    command.args(["-W", "ignore", "-B"]).arg(&path);
    path.is_file().then_some(command)
}

impl Python {
    /// Starts the counterpart of that name; `None` if there is no `python3` on the path.
    ///
    /// # Errors
    ///
    /// It is there but cannot be started.
    pub fn start(name: &str, quick: bool) -> Result<Option<Self>> {
        let Some(mut command) = command(name) else {
            let path = script(name);
            return Err(text!("{path:?} is missing", "{path:?}がありません").into());
        };
        if quick {
            command.arg("--quick");
        }
        let mut child = match command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            unreachable!("both were asked for");
        };
        Ok(Some(Self { child, questions, answers }))
    }

    /// Asks for one sample, in the unit of the question. Blocks until it has come.
    ///
    /// # Errors
    ///
    /// What Python says went wrong; or it has ended, or does not answer.
    pub fn sample(&mut self, kind: Kind, way: &str, x: f64) -> Result<f64> {
        let answer = self.ask(kind, way, x)?;
        answer.parse().map_err(|_| format!("python3: {answer}").into())
    }

    /// Asks for one answer: a line.
    ///
    /// # Errors
    ///
    /// It has ended, or does not answer.
    pub fn ask(&mut self, kind: Kind, way: &str, x: f64) -> Result<String> {
        let kind = match kind {
            Kind::Processes => "processes",
            Kind::Threads => "threads",
        };
        let ended = |_| text!("python3 has ended", "python3が終了しました");
        self.questions.write_all(format!("{kind} {way} {x}\n").as_bytes()).map_err(ended)?;
        let (mut line, mut byte) = (Vec::new(), [0]);
        loop {
            if !readable(&self.answers, PATIENCE)? {
                let _ = self.child.kill();
                return Err(text!("python3 does not answer", "python3が応答しません").into());
            }
            if self.answers.read(&mut byte)? == 0 {
                return Err(text!("python3 has ended", "python3が終了しました").into());
            }
            if byte == *b"\n" {
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            line.push(byte[0]);
        }
    }
}

fn readable(source: &impl AsFd, patience: Duration) -> nix::Result<bool> {
    let patience = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
    Ok(poll(&mut [PollFd::new(source.as_fd(), PollFlags::POLLIN)], patience)? > 0)
}

impl Drop for Python {
    fn drop(&mut self) {
        // It would end by itself when nobody can ask any more; whatever it is doing, nobody wants it now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a whole run of a script wrote, and how it ended: `None` if it was killed after `patience`.
///
/// The output is read until everyone who has it is gone. Workers that a killed pool leaves behind end by themselves.
///
/// # Errors
///
/// It cannot be started.
pub fn run_alone(
    command: &mut Command,
    patience: Duration,
) -> Result<(String, Option<ExitStatus>)> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let Some(mut output) = child.stdout.take() else { unreachable!("it was asked for") };
    let (deadline, mut written, mut buffer) = (Instant::now() + patience, Vec::new(), [0; 4096]);
    let in_time = loop {
        if !readable(&output, deadline.saturating_duration_since(Instant::now()))? {
            child.kill()?;
            break false;
        }
        match output.read(&mut buffer)? {
            0 => break true,
            count => written.extend(&buffer[..count]),
        }
    };
    let status = child.wait()?;
    Ok((String::from_utf8_lossy(&written).into_owned(), in_time.then_some(status)))
}
