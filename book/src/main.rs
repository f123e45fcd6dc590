//! The book's tool: `cargo xtask book` (see `cargo xtask book --help`).

use std::process::ExitCode;

use book::run::supervisor;
use book::{figures, html, html_folder, outputs, predictions, serve, translations};
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
    #[command(about = text!("Draws what was measured, from book/figures/measure.json.", "book/figures/measure.jsonの計測結果を図表にします。"))]
    Figures(figures::Arguments),
    #[command(about = text!("The questions that the pages ask.", "ページで出す問題を扱います。"))]
    Predictions(predictions::Arguments),
    #[command(about = text!("The Japanese pages, compared with their English sources.", "日本語のページを、元の英語のページと見比べます。"))]
    Translations(translations::Arguments),
    // For this tool itself: the process beside a run.
    #[command(hide = true)]
    Supervise(supervisor::Arguments),
}

fn main() -> ExitCode {
    command_line::main(|arguments: CommandLine| match arguments.command {
        None => serve::run(&arguments.serve).map(|()| ExitCode::SUCCESS),
        Some(Command::Build) => html::build(&html_folder()).map(|()| ExitCode::SUCCESS),
        Some(Command::Outputs(arguments)) => outputs::run(&arguments),
        Some(Command::Figures(arguments)) => figures::run(&arguments),
        Some(Command::Predictions(arguments)) => predictions::run(&arguments),
        Some(Command::Translations(arguments)) => translations::run(&arguments),
        Some(Command::Supervise(arguments)) => supervisor::run(&arguments),
    })
}
