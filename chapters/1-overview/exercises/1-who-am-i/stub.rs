//! Exercise overview/1-who-am-i: a parent and a child, each with a pid of its own.
//! Run it: `cargo run -p overview-exercises --bin overview-who-am-i`
//! Check it: `cargo xtask exercise check who-am-i`

use std::os::unix::process::parent_id;
use std::process::{ExitCode, id};

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
    // TODO: this only calls the function. Which process runs it now? Have a child process run it.
    child();
    Ok(())
}

fn main() -> ExitCode {
    lesson::run(Options::new("A parent and its child.", "親プロセスと子プロセス。"), |_| program())
}
