//! Four children, four ways to end: what `wait` says of each, and what Python's `exitcode` would be.
//! Run it: `cargo run -p process --bin process-exit`
//! Look for: a negative `exitcode`. Which two children did not choose their code?

use std::process::ExitCode;

use lesson::{Options, say, text};
use nix::sys::signal::{Signal, raise};
use process::Process;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Way {
    Return,
    Exit,
    Abort,
    Kill,
}

// ANCHOR: child
fn child(way: Way) {
    match way {
        Way::Return => {}
        Way::Exit => std::process::exit(3),
        Way::Abort => std::process::abort(),
        // As the kernel does to a process when memory runs out: nothing in it can prevent this.
        Way::Kill => _ = raise(Signal::SIGKILL),
    }
}
// ANCHOR_END: child

// ANCHOR: program
fn program() -> lesson::Result {
    for (way, expected) in [(Way::Return, 0), (Way::Exit, 3), (Way::Abort, -6), (Way::Kill, -9)] {
        let end = Process::spawn(child, (way,))?.wait()?;
        let code = end.exit_code();
        say!(
            "{way:?}: {end} (Python's exitcode: {code})",
            "{way:?}: {end}(Pythonのexitcode: {code})"
        );
        if code != expected {
            return Err(text!("expected {expected}", "{expected}になるはずでした").into());
        }
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Children that return, exit, abort and are killed, and how their parent sees it.",
        "戻る、exitする、abortする、強制終了される子プロセスと、親プロセスから見たその終わり方。",
    );
    lesson::run(about, |_| program())
}
