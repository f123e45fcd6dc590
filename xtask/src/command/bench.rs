//! `cargo xtask bench`: hands over to the package `bench`, the only one that compiles the peers.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use anyhow::{Context, Result};
use lesson::text;

use crate::workspace::cargo;

/// What the benchmarks understand.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Passed on as they are.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "…")]
    #[arg(help = text!("what the benchmarks understand", "計測への引数"))]
    rest: Vec<OsString>,
}

/// Builds the benchmarks with their peers, optimised, and runs them; in place of this process: it does not come back.
///
/// # Errors
///
/// Cargo cannot be run.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    // Not --quiet: the first build takes minutes, and the reader should see that something happens.
    // In our place, not beside us: who stops this process stops that one.
    let error = cargo()
        .args(["run", "--release", "-p", "bench", "--features", "peers", "--"])
        .args(&arguments.rest)
        .env("LESSON_LANG", lesson::language().name())
        .exec();
    Err(error).with_context(|| text!("cannot run cargo", "cargoを実行できません"))
}
