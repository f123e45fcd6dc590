//! A wrong answer: threads, but an iterator starts one only when it is asked for the next result.
//! Fails with: slow
//! Look for: between two calls of `map` nothing is collected. When does the second thread start?

use std::process::ExitCode;
use std::thread;

use comparison_exercises::right_tool::{SERVERS, ask};
use lesson::{Options, say, text};

fn program() -> lesson::Result {
    let threads = (1..=SERVERS).map(|server| thread::spawn(move || ask(server)));
    let users: Result<Vec<u32>, _> = threads.map(|thread| thread.join()).collect();
    let users = users.map_err(|_| text!("a thread panicked", "スレッドがパニックしました"))?;
    say!("users: {users:?}", "利用者: {users:?}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Asks ten servers.", "十台のサーバーに尋ねます。");
    lesson::run(about, |_| program())
}
