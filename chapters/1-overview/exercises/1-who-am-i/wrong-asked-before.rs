//! A wrong answer: the parent asks for the pid and hands it over, so the child says its parent's number.
//! Fails with: same-pid, parent-pid
//! Look for: in which process are the arguments of `spawn` worked out?

use std::os::unix::process::parent_id;
use std::process::{ExitCode, id};

use lesson::{Options, say};
use overview_exercises::who_am_i::be_seen;
use process::Process;

fn child(pid: u32, parent: u32) {
    say!("child (PID: {pid}, parent PID: {parent})", "子プロセス(PID: {pid}、親のPID: {parent})");
    be_seen();
}

fn program() -> lesson::Result {
    let pid = id();
    say!("parent (PID: {pid})", "親プロセス(PID: {pid})");
    // These two calls are made here, before there is a child.
    Process::spawn(child, (id(), parent_id()))?.join()?;
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("A parent and its child.", "親プロセスと子プロセス。"), |_| program())
}
