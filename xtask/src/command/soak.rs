//! `cargo xtask soak`: everything mixed at random for as long as you like, by the package `tests`.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use anyhow::{Context, Result};
use lesson::text;

use crate::workspace::{binary, build, speaking};

/// How long, and which choices.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    #[arg(help = text!("how long", "時間(分)"))]
    minutes: u64,
    #[arg(long)]
    #[arg(help = text!("repeats the choices of a run", "以前の実行の選択を繰り返すシード"))]
    seed: Option<u64>,
}

/// Builds the soak and runs it, in place of this process: it does not come back.
///
/// # Errors
///
/// It cannot be built or run.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    build([("tests", "soak")])?;
    let mut soak = speaking(binary("soak")?);
    soak.args(["--seconds", &(60 * arguments.minutes).to_string()]);
    if let Some(seed) = arguments.seed {
        soak.args(["--seed", &seed.to_string()]);
    }
    // In our place, not beside us: who stops this process stops that one.
    let error = soak.exec();
    Err(error).with_context(|| text!("the soak cannot be run", "ソークを実行できません"))
}
