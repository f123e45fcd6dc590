//! A wrong answer: Python's `exitcode` for all, in which a signal looks like a code below zero.
//! Fails with: results
//! Look for: no process exits with code -11.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::Duration;

use lesson::{Options, say};
use process::Process;

/// Becomes the command; comes back only if that cannot be started.
fn become_command(line: String) {
    let error = Command::new("sh").arg("-c").arg(format!("exec {line}")).exec();
    panic!("{line}: {error}");
}

fn program(file: &str, timeout: Duration) -> lesson::Result {
    for (number, line) in (1..).zip(fs::read_to_string(file)?.lines()) {
        let mut process = Process::spawn(become_command, (line.to_owned(),))?;
        match process.wait_timeout(timeout)? {
            Some(end) => {
                let code = end.exit_code();
                say!("{number}: exit code {code}", "{number}: 終了コード{code}");
            }
            None => {
                process.kill()?;
                process.wait()?;
                say!("{number}: timeout", "{number}: 時間切れ");
            }
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let about =
        Options::new("Runs the commands in a file.", "ファイルに書かれたコマンドを実行します。")
            .operand("FILE", "a command on each line", "一行に一つのコマンド")
            .number(
                "timeout",
                1000,
                1..=60_000,
                "milliseconds for each",
                "それぞれの制限時間(ミリ秒)",
            );
    lesson::run(about, |given| {
        let timeout = Duration::from_millis(given.number("timeout") as u64);
        program(given.text("FILE").unwrap_or_default(), timeout)
    })
}
