//! `cargo xtask`: see `cargo xtask --help`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lesson::text;
use xtask::command::{bench, book, doctor, exercise, measure, soak, tour};
use xtask::command_line::{self, Shared};

#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
#[command(about = text!("The commands of this workspace.", "このワークスペースのコマンドです。"))]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Subcommand)]
enum Command {
    #[command(about = text!("Runs all seven chapters in order.", "七つの章を順に実行します。"))]
    Tour,
    #[command(about = text!("Says what this machine has, and what for.", "このマシンにあるものと、その用途を表示します。"))]
    Doctor(doctor::Arguments),
    #[command(about = text!("Builds and serves the book; more: book --help.", "本をビルドして配信します(詳しくは book --help)。"))]
    #[command(disable_help_flag = true)]
    Book(book::Arguments),
    #[command(about = text!("Measures ours, Python and other crates side by side; more: bench --help.", "Pythonやほかのクレートと並べて計測します(詳しくは bench --help)。"))]
    #[command(disable_help_flag = true)]
    Bench(bench::Arguments),
    #[command(about = text!("Measures processes and threads here; more: measure --help.", "プロセスとスレッドを計測します(詳しくは measure --help)。"))]
    #[command(disable_help_flag = true)]
    Measure(measure::Arguments),
    #[command(about = text!("Lists the exercises and checks your answers.", "演習の一覧を表示し、解答を検査します。"))]
    Exercise(exercise::Arguments),
    #[command(about = text!("Mixes everything at random and looks for what is left behind.", "すべてを無作為に組み合わせて実行し、残ったものを探します。"))]
    Soak(soak::Arguments),
}

fn main() -> ExitCode {
    command_line::main(|arguments: CommandLine| match arguments.command {
        Command::Tour => tour::run(),
        Command::Doctor(arguments) => Ok(doctor::run(arguments)),
        Command::Book(arguments) => book::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Measure(arguments) => measure::run(&arguments),
        Command::Exercise(arguments) => exercise::run(arguments),
        Command::Soak(arguments) => soak::run(&arguments),
    })
}
