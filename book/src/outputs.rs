//! What the programs print, as the book shows it: recorded, and compared with what they print now.
//!
//! `outputs.toml` lists the runs. Each is in a file a language, `outputs/<language>/<id>.console`, whose
//! first line is the command that a reader types. Pids and measured figures differ from run to run, so
//! a check compares relations: see [`compare`].
//!
//! # Layout
//!
//! - [`list`]: what `outputs.toml` says.
//! - [`record`]: running one program in a fixed environment.
//! - [`compare`]: whether two outputs say the same.
//! - [`timelines`]: the drawings of recorded runs.

pub mod compare;
pub mod list;
pub mod record;
pub mod timelines;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use lesson::{Language, print_line, say, text};

use crate::{LANGUAGES, folder};
use compare::{Order, Rules};
use list::{List, Output};

/// What to do with the recorded outputs.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    #[command(about = text!("Runs the programs and records what they print.", "プログラムを実行し、出力を記録します。"))]
    Bless {
        #[command(flatten)]
        which: Which,
        #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true)]
        #[arg(help = text!("so often in a row; only pids and figures may then change", "連続して記録する回数(PIDと計測値のほかは変わらないことを確かめます)"))]
        times: usize,
    },
    #[command(about = text!("Runs the programs and compares with what is recorded.", "プログラムを実行し、記録と比較します。"))]
    Check(Which),
}

#[derive(clap::Args, Debug)]
struct Which {
    #[arg(value_name = "ID", help = text!("which ones; without it, all", "対象(省略時はすべて)"))]
    ids: Vec<String>,
    // The same, for who thinks of it as an option.
    #[arg(long, value_name = "ID", num_args = 1.., hide = true)]
    only: Vec<String>,
    #[arg(long, help = text!("only their timelines", "タイムラインだけ"))]
    timelines: bool,
}

/// Records or checks. A check that finds a difference prints it and ends with exit code 1.
///
/// # Errors
///
/// `outputs.toml` is wrong, a program is not built, or it ends with another exit code than the list says.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let list = List::read(&folder().join("outputs.toml"))?;
    let (Action::Bless { which, .. } | Action::Check(which)) = &arguments.action;
    let ids = [which.ids.as_slice(), &which.only].concat();
    let chosen = list.choose(&ids)?;
    xtask::workspace::build(chosen.iter().map(|output| (&*output.package, output.binary())))?;
    match arguments.action {
        Action::Bless { times, .. } => bless(&list, &chosen, which.timelines, times),
        Action::Check(_) => check(&list, &chosen, ids.is_empty(), which.timelines),
    }
}

fn bless(list: &List, chosen: &[&Output], only_timelines: bool, times: usize) -> Result<ExitCode> {
    let mut wrong = 0;
    for time in 0..times {
        for (output, language) in each(chosen) {
            if !only_timelines {
                wrong += usize::from(!renew(list, output, language, time > 0)?);
            }
            if output.timeline {
                write(&timelines::path(output, language), &timelines::draw(output, language)?)?;
            }
        }
    }
    if wrong == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    bail!(text!(
        "{wrong} recordings changed in more than pids and figures (- before, + now)",
        "PIDと計測値のほかにも変わった記録が{wrong}件あります(- 前回、+ 今回)"
    ))
}

/// Records a run. If it was recorded a moment ago, only pids and figures may change: `false` if more did.
fn renew(list: &List, output: &Output, language: Language, again: bool) -> Result<bool> {
    let (path, rules) = (path(output, language), list.rules(output)?);
    let now = record::record(output, language)?;
    if let Ok(before) = fs::read_to_string(&path) {
        // One order of the lines is as good as another: it is not changed for nothing.
        if rules.order == Order::Unordered && compare::compare(&before, &now, &rules).is_ok() {
            return Ok(true);
        }
        let strict = Rules { order: Order::Exact, ..rules };
        let compared = compare::compare(&before, &now, &strict);
        if again && compared.is_err() {
            return Ok(tell(&path, compared));
        }
    }
    write(&path, &now)?;
    Ok(true)
}

fn write(path: &Path, recording: &str) -> Result<()> {
    let shown = shown(path);
    fs::create_dir_all(path.parent().unwrap_or(folder()))?;
    fs::write(path, recording)
        .with_context(|| text!("cannot write {shown}", "{shown}に書き込めません"))?;
    say!("recorded {shown}", "記録しました: {shown}");
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    let shown = shown(path);
    fs::read_to_string(path).with_context(|| {
        text!(
            "{shown} is missing: record it with cargo xtask book outputs bless",
            "{shown}がありません(cargo xtask book outputs blessで記録してください)"
        )
    })
}

fn check(list: &List, chosen: &[&Output], all: bool, only_timelines: bool) -> Result<ExitCode> {
    let mut wrong = 0;
    for (output, language) in each(chosen) {
        if !only_timelines {
            let path = path(output, language);
            let (recorded, now) = (read(&path)?, record::record(output, language)?);
            let compared = compare::compare(&recorded, &now, &list.rules(output)?);
            wrong += usize::from(!tell(&path, compared));
        }
        if output.timeline {
            let path = timelines::path(output, language);
            let difference = timelines::difference(&read(&path)?, output, language)?;
            wrong += usize::from(!tell(&path, difference.map_or(Ok(()), Err)));
        }
    }
    if all {
        no_strangers(chosen)?;
    }
    if wrong == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    bail!(text!(
        "{wrong} recorded outputs differ from what the programs print (- recorded, + now)",
        "記録と実際の出力が{wrong}件一致しません(- 記録、+ 今回)"
    ))
}

/// Tells how a recording compares; `false` if it differs.
fn tell(path: &Path, compared: Result<(), String>) -> bool {
    let shown = shown(path);
    match compared {
        Ok(()) => say!("the same: {shown}", "一致: {shown}"),
        Err(ref difference) => {
            say!("DIFFERENT: {shown}", "不一致: {shown}");
            print_line(difference);
        }
    }
    compared.is_ok()
}

/// A recording that nothing re-runs would be shown for ever, right or wrong.
fn no_strangers(known: &[&Output]) -> Result<()> {
    let outputs = each(known).map(|(output, language)| path(output, language));
    let timelines = each(known).filter(|(output, _)| output.timeline);
    let timelines = timelines.map(|(output, language)| timelines::path(output, language));
    let known: BTreeSet<PathBuf> = outputs.chain(timelines).collect();
    let folders = ["outputs", "timelines"].map(|kind| folder().join(kind));
    for within in folders.iter().flat_map(|folder| LANGUAGES.map(|it| folder.join(it.name()))) {
        for entry in within.read_dir().into_iter().flatten() {
            let path = entry?.path();
            if !known.contains(&path) {
                let shown = shown(&path);
                bail!(text!(
                    "{shown} is not in outputs.toml: add it there or delete the file",
                    "{shown}がoutputs.tomlにありません(追加するか、ファイルを削除してください)"
                ));
            }
        }
    }
    Ok(())
}

fn each<'a>(outputs: &'a [&Output]) -> impl Iterator<Item = (&'a Output, Language)> {
    outputs.iter().flat_map(|output| LANGUAGES.map(|language| (*output, language)))
}

/// A path as a reader sees it, from the workspace's root.
fn shown(path: &Path) -> String {
    path.strip_prefix(xtask::workspace::root()).unwrap_or(path).display().to_string()
}

fn path(output: &Output, language: Language) -> PathBuf {
    folder().join("outputs").join(language.name()).join(format!("{}.console", output.id))
}
