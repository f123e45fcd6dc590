//! A wrong answer: it starts something, but a thread is part of its process and has no pid of its own.
//! Fails with: same-pid, parent-pid
//! Look for: the same number in both lines.

use std::os::unix::process::parent_id;
use std::process::{ExitCode, id};
use std::thread;

use lesson::{Options, say};
use overview_exercises::who_am_i::be_seen;

fn child() {
    let (pid, parent) = (id(), parent_id());
    say!("child (PID: {pid}, parent PID: {parent})", "子プロセス(PID: {pid}、親のPID: {parent})");
    be_seen();
}

fn program() -> lesson::Result {
    let pid = id();
    say!("parent (PID: {pid})", "親プロセス(PID: {pid})");
    // Runs beside this function, but in this process.
    thread::spawn(child).join().map_err(|_| "the thread panicked".into())
}

fn main() -> ExitCode {
    lesson::run(Options::new("A parent and its child.", "親プロセスと子プロセス。"), |_| program())
}
