//! A wrong answer: quick enough, but ten processes are started, and all they do is wait.
//! Fails with: child-processes
//! Look for: what does a process bring along that a wait does not need?

use std::process::ExitCode;

use comparison_exercises::right_tool::{SERVERS, ask};
use lesson::{Options, say};
use process::Process;

fn program() -> lesson::Result {
    let mut waiting = Vec::new();
    for server in 1..=SERVERS {
        waiting.push(Process::spawn(ask, (server,))?);
    }
    let mut users = Vec::new();
    for process in waiting {
        users.push(process.join()?);
    }
    say!("users: {users:?}", "利用者: {users:?}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Asks ten servers.", "十台のサーバーに尋ねます。");
    lesson::run(about, |_| program())
}
