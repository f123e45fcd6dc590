//! `cargo xtask bench`: ours, Python's `multiprocessing` and other crates, measured side by side.
//!
//! One sample is one run of this very program (`--sample ROW CONTENDER`), or of `python/peers.py`: so every contender
//! begins with a process of one thread, unpinned, with nothing left over from another. The rounds are interleaved,
//! A B C A B C, and ratios are taken within a round: what disturbs one contender disturbs its neighbours as well.
//!
//! # Layout
//!
//! - [`row`]: a row, its contenders, the goals. [`rows`]: all of them, a file for each subject.
//! - [`side`]: runs one sample, in a process of its own. [`measure`]: the rounds, medians and quartiles.
//! - [`place`]: which side runs on which core. [`report`]: the table and the JSON.
//!   [`recorded`]: the table from the JSON. [`machine`]: where it was measured.
//! - [`sys`]: the floors that need unsafe code.

mod machine;
mod measure;
mod place;
mod recorded;
mod report;
mod row;
mod rows;
mod side;
mod sys;

use std::env;
use std::io::stderr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;
use lesson::{print_line, text};
use xtask::command_line::{self, Shared};

#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask bench")]
#[command(about = text!(
    "Measures our crates, Python and other crates side by side.",
    "この本のクレートを、Pythonやほかのクレートと並べて計測します。"
))]
struct Arguments {
    #[arg(long, help = text!("the figures as JSON", "結果をJSONで出力"))]
    json: bool,
    #[arg(long, value_name = "FILE", help = text!("shows what --json has written, and measures nothing", "--jsonの出力を表で表示(計測はしません)"))]
    from: Option<PathBuf>,
    #[arg(long, help = text!("lists the rows and their contenders", "計測の一覧"))]
    list: bool,
    #[arg(long, value_name = "NAME", help = text!("only this row (may be repeated)", "この計測だけ(複数指定可)"))]
    only: Vec<String>,
    #[arg(long, value_name = "N", help = text!("rounds; 7 if not given", "繰り返す回数(既定は7)"))]
    rounds: Option<usize>,
    #[arg(long, help = text!("3 rounds of a tenth of the work", "10分の1の量を3回だけ"))]
    quick: bool,
    #[command(flatten)]
    shared: Shared,
}

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let first = arguments.next();
    // The floor of a re-execution: a program that is there, and ends.
    if first.as_deref() == Some(side::NOTHING) {
        return ExitCode::SUCCESS;
    }
    rows::register();
    procspawn::init();
    if first.as_deref() == Some(side::SAMPLE) {
        return side::serve(arguments);
    }
    command_line::main(run)
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    let mut rows = rows::all();
    for name in &arguments.only {
        if !rows.iter().any(|row| row.name == name) {
            bail!(text!(
                "{name}: there is no such row: see --list",
                "{name}: そのような計測はありません(--listを参照)"
            ));
        }
    }
    let is_wanted = |row: &row::Row| arguments.only.iter().any(|it| it == row.name);
    let is_whole = arguments.only.is_empty();
    if let Some(file) = &arguments.from {
        rows.retain(|row| is_whole || is_wanted(row));
        recorded::show(file, &rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    rows.retain(|row| (is_whole && (arguments.list || !row.on_demand)) || is_wanted(row));
    if arguments.list {
        rows.iter().for_each(|row| report::list(row).iter().for_each(|line| print_line(line)));
        return Ok(ExitCode::SUCCESS);
    }
    let rounds = arguments.rounds.unwrap_or(if arguments.quick { 3 } else { 7 }).max(1);
    let machine = machine::describe();
    let mut measured = Vec::new();
    if !arguments.json {
        report::heading(&machine, rounds).iter().for_each(|line| print_line(line));
    }
    for row in &rows {
        let result = measure::row(row, rounds, arguments.quick, &mut stderr());
        if !arguments.json {
            report::table(row, &result).iter().for_each(|line| print_line(line));
        }
        measured.push((row, result));
    }
    if arguments.json {
        print_line(&report::json(&machine, rounds, arguments.quick, &measured)?);
    } else {
        report::summary(&measured).iter().for_each(|line| print_line(line));
    }
    Ok(ExitCode::SUCCESS)
}
