//! Exercise overview/1-who-am-i, solved: the function runs in a process of its own.
//! Run it: `cargo run -p overview-exercises --bin overview-who-am-i-solution`
//! Look for: the number that stands in both lines. Whose pid is it?

use std::os::unix::process::parent_id;
use std::process::{ExitCode, id};

use lesson::{Options, say};
use overview_exercises::who_am_i::be_seen;
use process::Process;

fn child() {
    // Asks in the child: the same call gives another number in another process.
    let (pid, parent) = (id(), parent_id());
    say!("child (PID: {pid}, parent PID: {parent})", "子プロセス(PID: {pid}、親のPID: {parent})");
    be_seen();
}

fn program() -> lesson::Result {
    let pid = id();
    say!("parent (PID: {pid})", "親プロセス(PID: {pid})");
    // Waits for its end: a parent that leaves first leaves an orphan.
    Process::spawn(child, ())?.join()?;
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("A parent and its child.", "親プロセスと子プロセス。"), |_| program())
}
