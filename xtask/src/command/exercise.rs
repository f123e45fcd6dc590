//! `cargo xtask exercise list` and `check NAME`: the exercises of the chapters.
//!
//! An exercise is a folder `chapters/<n>-<chapter>/exercises/<n>-<name>/` with a README. The package
//! `<chapter>-exercises` has its binaries: `<chapter>-<name>-stub`, which the reader edits, and
//! `<chapter>-<name>-check`, which is given the path of an answer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use lesson::{print_line, say, text};

use crate::workspace::{binary, build, root, speaking};

/// What to do with the exercises.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    #[command(about = text!("Lists the exercises.", "演習の一覧を表示します。"))]
    List,
    #[command(about = text!("Builds your answer and checks it.", "解答をビルドして検査します。"))]
    Check {
        #[arg(help = text!("an exercise, such as process/1-reap", "演習の名前(例: process/1-reap)"))]
        name: String,
    },
}

/// An exercise: its chapter's package, and its folder.
#[derive(Debug)]
struct Exercise {
    chapter: String,
    folder: PathBuf,
}

/// Lists the exercises, or checks an answer; the check's exit code is ours.
///
/// # Errors
///
/// There is no such exercise (the message lists the known ones), or it cannot be built.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let exercises = discover(&root().join("chapters"))?;
    match arguments.action {
        Action::List => {
            for exercise in &exercises {
                print_line(&format!("{:<24} {}", exercise.name(), exercise.title()?));
                print_line(&format!("{:<24} {}", "", exercise.shown(&exercise.readme())));
                print_line(&format!("{:<24} {}", "", exercise.shown(&exercise.stub())));
            }
            Ok(ExitCode::SUCCESS)
        }
        Action::Check { name } => match exercises.iter().find(|known| known.name() == name) {
            Some(exercise) => exercise.check(),
            None => {
                let known: Vec<String> = exercises.iter().map(Exercise::name).collect();
                let known = known.join(", ");
                bail!(text!(
                    "{name}: there is no such exercise; there are: {known}",
                    "{name}: そのような演習はありません(あるもの: {known})"
                ))
            }
        },
    }
}

/// Every folder with a README under an `exercises` folder, in the order of the book.
fn discover(chapters: &Path) -> Result<Vec<Exercise>> {
    let mut exercises = Vec::new();
    for chapter in folders(chapters)? {
        let (within, name) = (chapter.join("exercises"), file_name(&chapter));
        if let (true, Some((_, package))) = (within.is_dir(), name.split_once('-')) {
            let found = folders(&within)?.into_iter().filter(|it| it.join("README.md").is_file());
            exercises.extend(found.map(|folder| Exercise { chapter: package.to_owned(), folder }));
        }
    }
    Ok(exercises)
}

fn folders(within: &Path) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(within)?.map(|entry| Ok(entry?.path()));
        entries.filter(|path| path.as_ref().map_or(true, |path| path.is_dir())).collect()
    };
    let mut folders = read().with_context(|| within.display().to_string())?;
    folders.sort();
    Ok(folders)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Exercise {
    fn name(&self) -> String {
        format!("{}/{}", self.chapter, file_name(&self.folder))
    }

    /// The first heading of the README in the reader's language, if there is one, else in English.
    fn title(&self) -> Result<String> {
        let readme = self.readme();
        let text = fs::read_to_string(&readme).with_context(|| readme.display().to_string())?;
        let title = text.lines().find_map(|line| line.strip_prefix("# "));
        Ok(title.unwrap_or_default().to_owned())
    }

    /// Its README in the reader's language, if there is one, else in English.
    fn readme(&self) -> PathBuf {
        let ours = self.folder.join(format!("README.{}.md", lesson::language().name()));
        if ours.is_file() { ours } else { self.folder.join("README.md") }
    }

    /// The file that the reader edits.
    fn stub(&self) -> PathBuf {
        self.folder.join("stub.rs")
    }

    /// A path as the reader sees it: from the workspace's root.
    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(root()).unwrap_or(path).display().to_string()
    }

    fn check(&self) -> Result<ExitCode> {
        let folder = file_name(&self.folder);
        let name = folder.split_once('-').map_or(folder.as_str(), |(_, name)| name);
        let package = format!("{}-exercises", self.chapter);
        let [stub, check] = ["stub", "check"].map(|it| format!("{}-{name}-{it}", self.chapter));
        build([(package.as_str(), stub.as_str()), (&package, &check)])?;
        let status = speaking(binary(&check)?).arg(binary(&stub)?).status()?;
        if !status.success() {
            let (readme, stub) = (self.shown(&self.readme()), self.shown(&self.stub()));
            say!("hints: {readme}; your answer: {stub}", "ヒント: {readme}、解答: {stub}");
        }
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
