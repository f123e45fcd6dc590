//! A wrong answer: the child is right, but nobody waits for it: a zombie if it ends first, else an orphan.
//! Fails with: zombies, descriptors, outliving
//! Look for: who asks how the child ended?

use std::os::unix::process::parent_id;
use std::process::{ExitCode, id};

use lesson::{Options, say};
use overview_exercises::who_am_i::be_seen;
use process::Process;

fn child() {
    let (pid, parent) = (id(), parent_id());
    say!("child (PID: {pid}, parent PID: {parent})", "子プロセス(PID: {pid}、親のPID: {parent})");
    be_seen();
}

fn program() -> lesson::Result {
    let pid = id();
    say!("parent (PID: {pid})", "親プロセス(PID: {pid})");
    // Starts it, and goes on to its own end.
    Process::spawn(child, ())?;
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("A parent and its child.", "親プロセスと子プロセス。"), |_| program())
}
