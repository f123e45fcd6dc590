//! A child that ended and was not joined stays in the process table: a zombie, until it is reaped.
//! Run it: `cargo run -p process --bin process-zombie`
//! Look for: state Z. Its memory and its files are gone; what does the kernel still keep, and for whom?

use std::fs;
use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Options, say, text};
use nix::poll::PollFlags;
use nix::unistd::Pid;
use process::Process;
use process::ready::{Deadline, wait_ready};

fn child() -> u32 {
    7
}

/// The letter in `/proc/PID/stat` (`proc_pid_stat(5)`); `None` if there is no such process.
fn state(pid: Pid) -> lesson::Result<Option<char>> {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        // The program's name before it stands in parentheses, and may contain some itself.
        Ok(stat) => Ok(stat.rsplit(") ").next().and_then(|rest| rest.chars().next())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

// ANCHOR: program
fn program() -> lesson::Result {
    let process = Process::spawn(child, ())?;
    let pid = process.pid();
    // The pidfd tells that the child has ended without reaping it.
    if !wait_ready(process.pidfd(), PollFlags::POLLIN, Deadline::after(Duration::from_secs(10)))? {
        return Err(text!("the child does not end", "子プロセスが終了しません").into());
    }
    match state(pid)? {
        Some('Z') => say!(
            "the child (PID: {pid}) has ended; state Z: a zombie",
            "子プロセス(PID: {pid})は終了しました。状態Z: ゾンビです"
        ),
        other => {
            return Err(text!("no zombie: {other:?}", "ゾンビではありません: {other:?}").into());
        }
    }
    let returned = process.join()?;
    say!(
        "join reaped it; it had returned {returned}",
        "joinで回収しました。戻り値は{returned}です"
    );
    match state(pid)? {
        None => say!("PID {pid} is gone", "PID {pid}はもう存在しません"),
        Some(state) => return Err(text!("still there: {state}", "まだ存在します: {state}").into()),
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Makes a zombie on purpose, shows it, and reaps it.",
        "わざとゾンビを作り、観察して、回収します。",
    );
    lesson::run(about, |_| program())
}
