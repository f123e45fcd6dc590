//! Exercise comparison/2-right-tool: ten servers that reply after 100 ms each.
//! Run it: `cargo run -p comparison-exercises --bin comparison-right-tool`
//! Check it: `cargo xtask exercise check right-tool`

use std::process::ExitCode;

use comparison_exercises::right_tool::{SERVERS, ask};
use lesson::{Options, say};

fn program() -> lesson::Result {
    let mut users = Vec::new();
    for server in 1..=SERVERS {
        // TODO: a second in all, and nothing is done in it but wait.
        users.push(ask(server));
    }
    say!("users: {users:?}", "利用者: {users:?}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Asks ten servers.", "十台のサーバーに尋ねます。");
    lesson::run(about, |_| program())
}
