//! A wrong answer: the first command that fails ends the runner with it.
//! Fails with: failed
//! Look for: `?` after `join_timeout`. Whose failure is that?

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
        match process.join_timeout(timeout)? {
            Some(()) => say!("{number}: exit code 0", "{number}: 終了コード0"),
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
