//! `cargo xtask measure`: hands over to the program of chapter 7 that measures, and tells it what draws.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use lesson::text;

use crate::workspace::{binary, build};

const PROGRAM: &str = "comparison-measure";
const CHARTS: &str = "charts";

/// What the program understands.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Passed on as they are.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "…")]
    #[arg(help = text!("what the measuring program understands", "計測プログラムへの引数"))]
    rest: Vec<OsString>,
}

/// Builds both programs and runs the first, in place of this process: it does not come back.
///
/// # Errors
///
/// The build fails, or the program cannot be run.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    build([("comparison", PROGRAM), (CHARTS, CHARTS)])?;
    // Where the reader is: a path that is given is meant from there.
    let mut command = Command::new(binary(PROGRAM)?);
    command.arg("--then").arg(binary(CHARTS)?).args(&arguments.rest);
    let error = command.env("LESSON_LANG", lesson::language().name()).exec();
    Err(error).with_context(|| text!("cannot run {PROGRAM}", "{PROGRAM}を実行できません"))
}
