//! What each process did, and when: Chrome trace events in one file, written by many processes.
//!
//! With `LESSON_TIMELINE=FILE` every process of a program appends its events to FILE, one a line.
//! The file opens in <https://ui.perfetto.dev>. Without the variable an event costs one load.
//!
//! A span is two events, its begin and its end, so a process that is killed in the middle leaves the
//! begin behind: its bar is open to the right. A message is two as well, told apart from others by what
//! is in it, so the receiver's event finds the sender's without a byte added to the message. Each event is one `write` to a file opened with
//! `O_APPEND`, which the kernel does as a whole (`open(2)`), so events of several processes never mix.
//! The closing bracket of the array is left out, as the trace format allows.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::OnceLock;

use nix::time::{ClockId, clock_gettime};
use nix::unistd::getppid;

use crate::text;

static FILE: OnceLock<Option<File>> = OnceLock::new();

fn asked_for() -> Option<PathBuf> {
    env::var_os("LESSON_TIMELINE").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// A moment of this machine's monotonic clock, which all processes share.
#[derive(Clone, Copy, Debug)]
pub struct Moment(u64);

/// Waits shorter than this are how long the call takes.
const WAIT_MICROSECONDS: u64 = 50;

/// Starts a new timeline, in the first process of a program, and the span of that process. Nothing happens
/// when none is asked for.
///
/// # Errors
///
/// The file cannot be created: the message names it.
pub(crate) fn begin() -> io::Result<Option<Span>> {
    let Some(path) = asked_for() else {
        let _ = FILE.set(None);
        return Ok(None);
    };
    let file = create(&path).map_err(|error| {
        let path = path.display();
        io::Error::new(
            error.kind(),
            text!(
                "LESSON_TIMELINE={path}: cannot write there: {error}",
                "LESSON_TIMELINE={path}: 書き込めません: {error}"
            ),
        )
    })?;
    let _ = FILE.set(Some(file));
    let name = program_name();
    name_process(&name);
    Ok(Some(span("process", &name)))
}

fn create(path: &Path) -> io::Result<File> {
    File::create(path)?.write_all(b"[\n")?;
    OpenOptions::new().append(true).open(path)
}

/// The open timeline. A process that did not call [`begin`] (a re-executed child) joins the one there is.
fn file() -> Option<&'static File> {
    let join = || OpenOptions::new().append(true).open(asked_for()?).ok();
    FILE.get_or_init(join).as_ref()
}

/// The descriptor that a forked child must keep open, if there is a timeline.
pub fn descriptor() -> Option<BorrowedFd<'static>> {
    file().map(File::as_fd)
}

/// The time, if there is a timeline: to be given to [`waited`] or [`sent`] later.
pub fn now() -> Option<Moment> {
    file().map(|_| clock())
}

/// Gives this process's row in the timeline its name, and says whose child it is.
pub fn name_process(name: &str) {
    if file().is_some() {
        append(None, 'M', "process_name", &[("name", name), ("parent", &getppid().to_string())]);
    }
}

/// Marks one moment in this process, with a detail such as what was sent.
pub fn instant(name: &str, detail: &str) {
    append(None, 'i', name, &[("detail", detail)]);
}

/// Marks one moment in the life of another process: how its parent saw it end.
pub fn instant_of(pid: u32, name: &str, detail: &str) {
    append(Some(pid), 'i', name, &[("detail", detail)]);
}

/// Records that this process waited for something from `since` until now, unless that was no time at all.
pub fn waited(since: Option<Moment>, detail: &str) {
    let Some(begun) = since else { return };
    let duration = clock().0.saturating_sub(begun.0);
    if duration >= WAIT_MICROSECONDS {
        append_at(begun, None, 'X', "wait", Some(duration), &[("detail", detail)]);
    }
}

/// Records a message that this process began to send at `since`: before the receiver can have had it.
pub fn sent(since: Option<Moment>, message: &[u8]) {
    if let Some(begun) = since {
        append_message(begun, "send", message);
    }
}

/// Records a message that this process has received now.
pub fn received(message: &[u8]) {
    if let Some(now) = now() {
        append_message(now, "receive", message);
    }
}

fn append_message(at: Moment, name: &str, message: &[u8]) {
    let detail = format!("{} bytes", message.len());
    // FNV-1a. Equal messages are told apart by their order.
    let content = message.iter().fold(0xcbf2_9ce4_8422_2325_u64, |all, byte| {
        (all ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    let content = format!("{content:016x}");
    append_at(at, None, 'i', name, None, &[("detail", &detail), ("content", &content)]);
}

/// Begins a span in this process; it ends when the [`Span`] is dropped.
pub fn span(name: &'static str, detail: &str) -> Span {
    append(None, 'B', name, &[("detail", detail)]);
    Span { name }
}

/// A stretch of time in one process, from [`span`] to drop.
#[derive(Debug)]
#[must_use = "the span ends when this is dropped"]
pub struct Span {
    name: &'static str,
}

impl Drop for Span {
    fn drop(&mut self) {
        append(None, 'E', self.name, &[]);
    }
}

fn clock() -> Moment {
    Moment(
        clock_gettime(ClockId::CLOCK_MONOTONIC)
            .map_or(0, |now| now.tv_sec() as u64 * 1_000_000 + now.tv_nsec() as u64 / 1_000),
    )
}

/// For this process, unless another `pid` is given. (To ask for one's own costs a system call.)
fn append(pid: Option<u32>, phase: char, name: &str, arguments: &[(&str, &str)]) {
    if file().is_some() {
        append_at(clock(), pid, phase, name, None, arguments);
    }
}

fn append_at(
    Moment(microseconds): Moment,
    pid: Option<u32>,
    phase: char,
    name: &str,
    duration: Option<u64>,
    arguments: &[(&str, &str)],
) {
    let Some(mut file) = file() else { return };
    let pid = pid.unwrap_or_else(process::id);
    let name = escaped(name);
    let mut event =
        format!(r#"{{"ph":"{phase}","name":"{name}","pid":{pid},"tid":{pid},"ts":{microseconds}"#);
    if let Some(duration) = duration {
        event.push_str(&format!(r#","dur":{duration}"#));
    }
    for (at, (key, value)) in arguments.iter().enumerate() {
        let before = if at == 0 { r#","args":{"# } else { "," };
        event.push_str(&format!(r#"{before}"{key}":"{}""#, escaped(value)));
    }
    event.push_str(if arguments.is_empty() { "},\n" } else { "}},\n" });
    // A timeline that cannot be written (a full disk) must not change what the program does.
    let _ = file.write_all(event.as_bytes());
}

/// The inside of a JSON string.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\\' => escaped.extend(['\\', character]),
            control if control < ' ' => escaped.push_str(&format!("\\u{:04x}", control as u32)),
            other => escaped.push(other),
        }
    }
    escaped
}

fn program_name() -> String {
    let path = env::args_os().next().map(PathBuf::from).unwrap_or_default();
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_become_valid_json_strings() {
        assert_eq!(escaped("a \"b\" \\ \n 値"), "a \\\"b\\\" \\\\ \\u000a 値");
    }
}
