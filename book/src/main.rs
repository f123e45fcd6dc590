//! The book's tool: `cargo xtask book` (see `cargo xtask book --help`).

use std::process::ExitCode;

use anyhow::Result;
use book::{html, html_folder, outputs, serve};
use clap::{Parser, Subcommand};
use lesson::text;
use xtask::command_line::{self, Shared};

#[derive(Parser)]
#[command(bin_name = "cargo xtask book")]
#[command(about = text!("Builds the book in both languages and serves it on this machine.", "二つの言語で本をビルドし、このマシンで配信します。"))]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Arguments,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Subcommand)]
enum Command {
    #[command(about = text!("Only builds the pages, into book/html.", "ページをbook/htmlにビルドするだけです。"))]
    Build,
    #[command(about = text!("The recorded outputs of the programs.", "記録されたプログラムの出力を扱います。"))]
    Outputs(outputs::Arguments),
}

fn main() -> ExitCode {
    command_line::main(|arguments: CommandLine| match arguments.command {
        None => serve_built(&arguments.serve),
        Some(Command::Build) => html::build(&html_folder()).map(|()| ExitCode::SUCCESS),
        Some(Command::Outputs(arguments)) => outputs::run(&arguments),
    })
}

fn serve_built(arguments: &serve::Arguments) -> Result<ExitCode> {
    html::build(&html_folder())?;
    serve::run(arguments, &html_folder())?;
    Ok(ExitCode::SUCCESS)
}
