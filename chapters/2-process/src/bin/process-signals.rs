//! Terminate asks, kill does not: one child gives in to `SIGTERM`, one has blocked it.
//! Run it: `cargo run -p process --bin process-signals`
//! Look for: the second child is still there after `terminate`. What could a program do with that time?

use std::io::{Read, pipe};
use std::os::fd::OwnedFd;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Options, say, text};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::pause;
use process::{Descriptor, Process};

// ANCHOR: child
fn child(stubborn: bool, ready: Descriptor) -> Result<(), String> {
    if stubborn {
        let mut blocked = SigSet::empty();
        blocked.add(Signal::SIGTERM);
        blocked.thread_block().map_err(|error| error.to_string())?;
    }
    // The parent reads the end of the pipe now, and knows that we got this far.
    drop(ready);
    loop {
        pause();
    }
}
// ANCHOR_END: child

fn start(stubborn: bool) -> lesson::Result<Process<Result<(), String>>> {
    let (mut reader, writer) = pipe()?;
    let process = Process::spawn(child, (stubborn, Descriptor::from(OwnedFd::from(writer))))?;
    reader.read_to_end(&mut Vec::new())?;
    Ok(process)
}

// ANCHOR: program
fn program() -> lesson::Result {
    let mut polite = start(false)?;
    polite.terminate()?;
    let (pid, end) = (polite.pid(), polite.wait()?);
    say!("terminate: child (PID: {pid}) {end}", "terminate: 子プロセス(PID: {pid})は{end}");

    let mut stubborn = start(true)?;
    stubborn.terminate()?;
    let pid = stubborn.pid();
    if let Some(end) = stubborn.wait_timeout(Duration::from_millis(200))? {
        return Err(
            text!("SIGTERM is blocked, yet it {end}", "SIGTERMをブロックしたのに{end}").into()
        );
    }
    say!(
        "terminate: child (PID: {pid}) has blocked SIGTERM and still runs after 200 ms",
        "terminate: 子プロセス(PID: {pid})はSIGTERMをブロックしていて、200ミリ秒後も実行中です"
    );
    stubborn.kill()?;
    let end = stubborn.wait()?;
    say!("kill: child (PID: {pid}) {end}", "kill: 子プロセス(PID: {pid})は{end}");
    match end.signal() {
        Some(Signal::SIGKILL) => Ok(()),
        _ => Err(text!("expected SIGKILL", "SIGKILLで終わるはずでした").into()),
    }
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "The difference between terminate (SIGTERM) and kill (SIGKILL).",
        "terminate(SIGTERM)とkill(SIGKILL)の違い。",
    );
    lesson::run(about, |_| program())
}
