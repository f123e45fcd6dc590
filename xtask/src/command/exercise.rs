//! `cargo xtask exercise`: the next exercise; `list`, `check`, `watch`, `hint`, `reset`, `solution`, `progress`, `selftest`, `sync`.
//!
//! An exercise is a folder `chapters/<n>-<chapter>/exercises/<n>-<name>/`. Its check is a test of the chapter's package,
//! named `<name>`; its answers are binaries of the package `<chapter>-exercises`: `<chapter>-<name>`, which the reader
//! edits as `stub.rs`, `…-solution` and `…-wrong-…`. How to add one is in `CONTRIBUTING.md`.
//!
//! # Layout
//!
//! - `catalog`: the exercises that there are, their texts and names. `sync`: lists them in the manifests.
//! - `attempt`: builds and checks the reader's answer. `watch`: does so after each save.
//! - `progress`: what was solved, in `.progress/`. `selftest`: the checks themselves.

mod attempt;
mod catalog;
mod progress;
mod selftest;
mod sync;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use lesson::{print_line, say, text};
use unicode_width::UnicodeWidthStr;

use catalog::{Exercise, discover, find, shown};
use progress::Progress;

/// What to do with the exercises.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    #[command(about = text!("Lists the exercises.", "演習の一覧を表示します。"))]
    List,
    #[command(about = text!("Builds your answer and checks it.", "解答をビルドして検査します。"))]
    Check(Named),
    #[command(about = text!("Checks your answer each time you save it.", "解答を保存するたびに検査します。"))]
    Watch(Named),
    #[command(about = text!("Shows the next of three hints.", "三つのヒントを一つずつ表示します。"))]
    Hint(Named),
    #[command(about = text!("Puts the stub back; your answer is kept in .progress/.", "解答を最初の状態に戻します(書いた内容は.progress/に残ります)。"))]
    Reset(Named),
    #[command(about = text!("Shows the solution, once you have solved it.", "正解したあとに模範解答を表示します。"))]
    Solution {
        #[command(flatten)]
        named: Named,
        #[arg(long, help = text!("show it before you have solved it", "正解する前に表示する"))]
        give_up: bool,
    },
    #[command(about = text!("Shows what you have solved.", "これまでの進み具合を表示します。"))]
    Progress {
        #[arg(long, value_name = "FILE", help = text!("write it to a file, as JSON", "JSONとしてファイルに書き出す"))]
        export: Option<PathBuf>,
    },
    #[command(about = text!("Tests the checks themselves.", "検査そのものをテストします。"))]
    Selftest {
        #[arg(value_name = "NAME", help = text!("only these exercises", "対象の演習"))]
        names: Vec<String>,
    },
    #[command(about = text!("Lists the exercises' files in the manifests.", "演習のファイルをCargo.tomlに登録します。"))]
    Sync,
}

#[derive(clap::Args, Debug)]
struct Named {
    #[arg(help = text!("an exercise: reap, 2-1 or process/1-reap; without it, the next", "演習の名前(reap、2-1、process/1-reapなど)。省略すると次の演習"))]
    name: Option<String>,
}

/// Does what the command line asks; the exit code is 0 if an answer that was checked is right.
///
/// # Errors
///
/// There is no such exercise (the message names similar ones), its files are not as they should be, or it cannot be built.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let exercises = discover()?;
    let mut progress = Progress::read()?;
    let Some(action) = arguments.action else {
        return introduce(&exercises, &progress);
    };
    match action {
        Action::List => list(&exercises, &progress),
        Action::Check(named) => {
            let exercise = named.exercise(&exercises, &progress)?;
            attempt::check(exercise, &exercises, &mut progress)
        }
        Action::Watch(named) => watch::watch(named.name.as_deref(), &exercises, &mut progress),
        Action::Hint(named) => hint(named.exercise(&exercises, &progress)?, &mut progress),
        Action::Reset(named) => attempt::reset(named.exercise(&exercises, &progress)?),
        Action::Solution { named, give_up } => {
            // Without a name: what has just been solved, or what to give up.
            let latest = progress.latest(&exercises).filter(|_| named.name.is_none() && !give_up);
            let exercise = latest.map_or_else(|| named.exercise(&exercises, &progress), Ok)?;
            solution(exercise, &mut progress, give_up)
        }
        Action::Progress { export } => show_progress(&exercises, &progress, export),
        Action::Selftest { names } => {
            let chosen: Vec<&Exercise> =
                names.iter().map(|name| find(&exercises, name)).collect::<Result<_>>()?;
            let chosen = if names.is_empty() { exercises.iter().collect() } else { chosen };
            let good = selftest::selftest(&exercises, &chosen)?;
            Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Action::Sync => {
            for path in sync::sync(&exercises, true)? {
                say!("written: {path}", "更新しました: {path}");
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Named {
    /// The exercise that is named, else the next one that is not solved.
    fn exercise<'a>(&self, all: &'a [Exercise], progress: &Progress) -> Result<&'a Exercise> {
        match &self.name {
            Some(name) => find(all, name),
            None => next(all, progress).with_context(|| {
                text!(
                    "all are solved: name one",
                    "すべて正解済みです。演習の名前を指定してください"
                )
            }),
        }
    }
}

/// The first exercise that is not solved, from the one on that was worked on last; after the last exercise comes the first.
fn next<'a>(all: &'a [Exercise], progress: &Progress) -> Option<&'a Exercise> {
    let (before, from_here) = all.split_at(progress.at(all));
    from_here.iter().chain(before).find(|exercise| !progress.is_solved(exercise))
}

/// Shows the next exercise: its text, the file to edit, what to type.
fn introduce(all: &[Exercise], progress: &Progress) -> Result<ExitCode> {
    match next(all, progress) {
        Some(exercise) => {
            print_line(exercise.text("README")?.trim_end());
            print_line("");
            let (name, stub) = (exercise.full_name(), shown(&exercise.stub()));
            say!(
                "{name}: edit {stub}, then:",
                "{name}: {stub}を編集したら、次のコマンドで検査します:"
            );
            print_line("    cargo xtask exercise check");
            say!(
                "Stuck? `cargo xtask exercise hint`",
                "行き詰まったら: `cargo xtask exercise hint`"
            );
        }
        None => say!("All exercises are solved.", "すべての演習に正解しました。"),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(all: &[Exercise], progress: &Progress) -> Result<ExitCode> {
    let width = all.iter().map(|it| it.full_name().len()).max().unwrap_or(0);
    let mut sum = 0;
    for exercise in all {
        let (title, minutes) = exercise.front()?;
        sum += minutes;
        let mark = if progress.is_solved(exercise) { "✓" } else { " " };
        let minutes = text!("{minutes:>2} min", "{minutes:>2}分");
        print_line(&format!("{mark} {:<width$}  {minutes}  {title}", exercise.full_name()));
    }
    let number = all.len();
    say!("{number} exercises, {sum} minutes", "演習{number}個、計{sum}分");
    Ok(ExitCode::SUCCESS)
}

fn hint(exercise: &Exercise, progress: &mut Progress) -> Result<ExitCode> {
    let hints = exercise.hints()?;
    let shown_before = progress.of(exercise).hints;
    let index = shown_before.min(hints.len() - 1);
    print_line(hints[index].trim_end());
    progress.note(exercise, |entry| entry.hints = index + 1)?;
    let left = hints.len() - 1 - index;
    print_line("");
    if left > 0 {
        say!("hints left: {left}", "残りのヒント: {left}個");
    } else {
        say!(
            "That was the last hint. The solution: `cargo xtask exercise solution --give-up {}`",
            "これが最後のヒントです。模範解答: `cargo xtask exercise solution --give-up {}`",
            exercise.name
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn solution(exercise: &Exercise, progress: &mut Progress, give_up: bool) -> Result<ExitCode> {
    if !progress.is_solved(exercise) {
        if !give_up {
            let name = &exercise.name;
            bail!(text!(
                "{name} is not solved yet; `cargo xtask exercise solution --give-up {name}` shows it all the same",
                "{name}はまだ正解していません。それでも見るには: `cargo xtask exercise solution --give-up {name}`"
            ));
        }
        progress.note(exercise, |entry| entry.gave_up = true)?;
    }
    let path = exercise.folder.join("solution.rs");
    let code = std::fs::read_to_string(&path).with_context(|| shown(&path))?;
    print_line(&format!("// {}", shown(&path)));
    print_line(code.trim_end());
    print_line("");
    print_line(exercise.text("solution")?.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn show_progress(
    all: &[Exercise],
    progress: &Progress,
    export: Option<PathBuf>,
) -> Result<ExitCode> {
    if let Some(path) = export {
        progress.write(&path)?;
        let path = path.display();
        say!("written: {path}", "書き出しました: {path}");
        return Ok(ExitCode::SUCCESS);
    }
    let solved = all.iter().filter(|it| progress.is_solved(it)).count();
    for exercise in all {
        let entry = progress.of(exercise);
        let state = match (entry.solved, entry.checks) {
            (Some(_), _) if entry.gave_up => {
                text!("solved after a look at the solution", "模範解答を見てから正解")
            }
            (Some(_), _) => text!("solved", "正解"),
            (None, 0) => text!("not begun", "未着手"),
            (None, _) => text!("begun", "挑戦中"),
        };
        let padding = " ".repeat(20_usize.saturating_sub(state.width()));
        let (name, checks, hints) = (exercise.full_name(), entry.checks, entry.hints);
        say!(
            "{name:<28} {state}{padding} checks: {checks}, hints: {hints}",
            "{name:<28} {state}{padding} 検査: {checks}回、ヒント: {hints}個"
        );
    }
    let number = all.len();
    say!("{solved} of {number} solved", "{number}個のうち{solved}個に正解");
    Ok(ExitCode::SUCCESS)
}
