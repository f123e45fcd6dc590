//! The check of exercise 1: runs an answer and says what it forgot.
//! Run it: `cargo run -p process-exercises --bin process-reap-check -- target/debug/process-reap-stub`
//! Look for: the check sees processes, not only output.

use std::path::Path;
use std::process::ExitCode;

use lesson::{Options, say, text};
use process_exercises::reap::check::check;

fn main() -> ExitCode {
    let about = Options::new(
        "Checks an answer to exercise process/1-reap.",
        "演習process/1-reapの解答を検査します。",
    )
    .operand("ANSWER", "the path of the program to check", "検査するプログラムのパス");
    lesson::run(about, |given| {
        let path = given.text("ANSWER").unwrap_or_default();
        let problems = check(Path::new(path)).map_err(|error| {
            text!("{path} cannot be started: {error}", "{path}を開始できません: {error}")
        })?;
        for problem in &problems {
            say!("- {problem}", "- {problem}");
        }
        if !problems.is_empty() {
            return Err(text!("not solved yet", "まだ正解ではありません").into());
        }
        say!(
            "solved: five workers at the same time, the right results, no zombie",
            "正解です: 五つのワーカーが同時に動き、結果は正しく、ゾンビは残りませんでした"
        );
        Ok(())
    })
}
