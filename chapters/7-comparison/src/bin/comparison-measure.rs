//! Processes and threads, in Rust and in Python: the figures behind chapters 5 to 7, measured on this machine.
//! Run it: `cargo xtask measure` (three minutes; `--quick`: half a minute)
//! Look for: "noisy" beside a question: then others computed too, and its figures are not this machine's own.

use std::process::{Command, ExitCode};

use comparison::record::{Question, here};
use comparison::survey::{Ended, Survey, answer, run};
use lesson::{Options, Result, text};

// ANCHOR: program
fn question(id: &str) -> Result<Question> {
    let all: Vec<&str> = Question::ALL.iter().map(|question| question.id()).collect();
    let all = all.join(", ");
    let unknown = || {
        text!(
            "{id}: there is no such question; the questions are: {all}",
            "{id}: そのような項目はありません(項目: {all})"
        )
    };
    Ok(Question::of_id(id).ok_or_else(unknown)?)
}

fn questions(only: Option<&str>) -> Result<Vec<Question>> {
    let Some(only) = only else { return Ok(Question::ALL.to_vec()) };
    let mut asked = only.split(',').map(question).collect::<Result<Vec<_>>>()?;
    asked.sort_by_key(|question| Question::ALL.iter().position(|known| known == question));
    asked.dedup();
    Ok(asked)
}
// ANCHOR_END: program

fn main() -> ExitCode {
    comparison::questions::register();
    let options = Options::new(
        "Measures processes and threads in Rust and Python, and saves the figures.",
        "RustとPythonのプロセスとスレッドを計測し、結果を保存します。",
    )
    .flag(
        "quick",
        "half a minute, with noisier figures",
        "約30秒で済ませます(ばらつきは大きくなります)",
    )
    .text("only", "QUESTION", "only this (or several: a,b)", "この項目だけを計測します(複数はa,b)")
    .text("output", "FILE", "where to save the figures", "結果の保存先")
    .text("then", "PROGRAM", "what draws the figures", "結果を図表にするプログラム")
    .text(
        "ask",
        "QUESTION",
        "one question in this process, as JSON",
        "1項目をこのプロセスで計測しJSONで出力します",
    );
    let mut ended = Ended::Complete;
    let code = lesson::run(options, |given| {
        let quick = given.flag("quick");
        if let Some(id) = given.text("ask") {
            return answer(question(id)?, quick);
        }
        let output = given.text("output").map_or_else(here, Into::into);
        let survey = Survey { quick, questions: questions(given.text("only"))?, output };
        let outcome = run(&survey);
        // What was saved can be drawn, whatever is missing in it.
        if let Some(program) = given.text("then").filter(|_| survey.output.is_file()) {
            Command::new(program).arg("--of").arg(&survey.output).status()?;
        }
        ended = outcome?;
        Ok(())
    });
    match ended {
        Ended::Complete => code,
        // As a shell says of a program that a signal ended.
        Ended::Stopped(signal) => ExitCode::from(128 + signal as u8),
    }
}
