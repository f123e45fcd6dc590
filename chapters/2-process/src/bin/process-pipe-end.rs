//! A pipe ends when its last write end is closed, in whichever process that is.
//! Run it: `cargo run -p process --bin process-pipe-end`
//! Look for: the bystander never writes. Why does the reader wait for it the second time?

use std::fs::File;
use std::io::{Read, Write, pipe};
use std::os::fd::OwnedFd;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Options, say, text};
use nix::poll::PollFlags;
use process::ready::{Deadline, wait_ready};
use process::{Descriptor, Process};

// ANCHOR: children
fn write(end: Descriptor) -> bool {
    File::from(OwnedFd::from(end)).write_all(b"all there is").is_ok()
}

/// Keeps what it was given, and waits for the end of `until`.
fn stand_by(_kept: Option<Descriptor>, until: Descriptor) -> bool {
    File::from(OwnedFd::from(until)).read_to_end(&mut Vec::new()).is_ok()
}
// ANCHOR_END: children

// ANCHOR: program
/// Whether the pipe ends while the bystander still runs.
fn ends_early(kept_by_bystander: bool) -> lesson::Result<bool> {
    let (mut reader, end) = pipe()?;
    let end = Descriptor::from(OwnedFd::from(end));
    let (until, release) = pipe()?;
    let kept = if kept_by_bystander { Some(end.try_clone()?) } else { None };
    let until = Descriptor::from(OwnedFd::from(until));
    let bystander = Process::spawn(stand_by, (kept, until))?;
    // The writer is given our own write end: we have none any more.
    Process::spawn(write, (end,))?.join()?;
    reader.read_exact(&mut [0; 12])?;
    // Nothing is left to be read, so what comes within this time is the end.
    let deadline = Deadline::after(Duration::from_millis(200));
    let ended = wait_ready(&reader, PollFlags::POLLIN, deadline)?;
    drop(release);
    bystander.join()?;
    // Now every write end is closed: this returns.
    reader.read_to_end(&mut Vec::new())?;
    Ok(ended)
}

fn program() -> lesson::Result {
    if !ends_early(false)? {
        return Err(text!("the pipe should have ended", "パイプが終わるはずでした").into());
    }
    say!(
        "The bystander has no write end: the pipe ended with its writer",
        "傍観者が書き込み側を持っていないと、パイプは書き手とともに終わりました"
    );
    if ends_early(true)? {
        return Err(text!("it should not have ended", "パイプは終わらないはずでした").into());
    }
    say!(
        "The bystander has one: no end 200 ms after the writer's",
        "傍観者が書き込み側を持っていると、書き手が終了して200ミリ秒たっても終わりません"
    );
    say!("The bystander ended, too: there was the end", "傍観者も終了すると、終わりが来ました");
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "When a pipe ends: with and without a bystander that keeps its write end.",
        "パイプがいつ終わるかを、書き込み側を持つ傍観者がいる場合といない場合で比べます。",
    );
    lesson::run(about, |_| program())
}
