//! Exercise comparison/2-right-tool, solved: ten threads wait at the same time.
//! Run it: `cargo run -p comparison-exercises --bin comparison-right-tool-solution`
//! Look for: how many cores do ten threads need that wait?

use std::process::ExitCode;
use std::thread;

use comparison_exercises::right_tool::{SERVERS, ask};
use lesson::{Options, say, text};

fn program() -> lesson::Result {
    // All are started before the first is joined: so the waits overlap.
    let mut waiting = Vec::new();
    for server in 1..=SERVERS {
        waiting.push(thread::spawn(move || ask(server)));
    }
    let mut users = Vec::new();
    for thread in waiting {
        let joined = thread.join();
        users.push(joined.map_err(|_| text!("a thread panicked", "スレッドがパニックしました"))?);
    }
    say!("users: {users:?}", "利用者: {users:?}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Asks ten servers.", "十台のサーバーに尋ねます。");
    lesson::run(about, |_| program())
}
