//! A wrong answer: a thread for each of two cores. That is a rule for computing; who waits needs no core.
//! Fails with: slow
//! Look for: five waits one after another, twice.

use std::process::ExitCode;

use comparison_exercises::right_tool::{SERVERS, ask};
use cpu_bound::threads;
use lesson::{Options, say};

fn program() -> lesson::Result {
    let servers: Vec<u64> = (1..=SERVERS.into()).collect();
    let users = threads::run(|server| ask(server as u32), &servers, 2);
    say!("users: {users:?}", "利用者: {users:?}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Asks ten servers.", "十台のサーバーに尋ねます。");
    lesson::run(about, |_| program())
}
