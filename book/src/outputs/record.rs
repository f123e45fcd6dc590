//! Running one program in a fixed environment, without a terminal, under a deadline.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use lesson::{Language, text};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use xtask::workspace::{binary, ending, root};

use super::list::Output;

const DEADLINE: Duration = Duration::from_secs(60);

/// The recording: the command line, then everything the program writes, as on a terminal.
///
/// Blocks until the program ends, 60 seconds at most.
///
/// # Errors
///
/// It cannot be run, does not end in time, or ends with another exit code than expected.
pub fn record(output: &Output, language: Language) -> Result<String> {
    run(output, language, None)
}

/// As [`record`], but the program writes its timeline into this file, too.
///
/// # Errors
///
/// As [`record`].
pub fn record_with_timeline(output: &Output, language: Language, file: &Path) -> Result<String> {
    run(output, language, Some(file))
}

fn run(output: &Output, language: Language, timeline: Option<&Path>) -> Result<String> {
    // Both streams into one memory file: in the order of writing, and never waiting for a reader.
    let mut written = File::from(memfd_create(c"output", MFdFlags::MFD_CLOEXEC)?);
    // The processes share one offset, which the kernel does not guard for a memfd: without this, two that
    // write at once can write over each other, and a line is lost.
    fcntl(&written, FcntlArg::F_SETFL(OFlag::O_APPEND))?;
    let program = binary(output.binary())?;
    let mut child = Command::new(&program)
        .args(output.arguments(language))
        // What the reader has set (RUST_BACKTRACE, a locale) must not get into the book.
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LESSON_LANG", language.name())
        .envs(timeline.map(|file| ("LESSON_TIMELINE", file)))
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(written.try_clone()?)
        .stderr(written.try_clone()?)
        .process_group(0)
        .spawn()
        .with_context(|| program.display().to_string())?;
    let (command, status) = (output.command(language), wait(&mut child)?);
    written.rewind()?;
    let mut text = String::new();
    written.read_to_string(&mut text)?;
    match status {
        Some(status) if status.code() == Some(output.code) => {}
        Some(status) => {
            let (ending, code) = (ending(status), output.code);
            bail!(text!(
                "{command}: {ending} instead of exit code {code}:\n{text}",
                "{command}: 終了コード{code}のはずが{ending}:\n{text}"
            ))
        }
        None => bail!(text!(
            "{command}: did not end within {DEADLINE:?}:\n{text}",
            "{command}: {DEADLINE:?}以内に終了しませんでした:\n{text}"
        )),
    }
    Ok(format!("$ {command}\n{text}"))
}

/// How it ended; `None` if it had to be killed.
fn wait(child: &mut Child) -> Result<Option<ExitStatus>> {
    let deadline = Instant::now() + DEADLINE;
    let group = Pid::from_raw(i32::try_from(child.id())?);
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if Instant::now() > deadline => break None,
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    // What is left of its group, and itself if it is late.
    let _ = killpg(group, Signal::SIGKILL);
    child.wait()?;
    Ok(status)
}
