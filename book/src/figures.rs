//! What `cargo xtask measure` found out, on the pages: the reference's drawings and tables, and the reader's beside.
//!
//! `figures/measure.json` is the record of a named machine. What is drawn from it lies in `figures/measured/`, a
//! folder for each language, and the pages include it. `cargo xtask book figures` draws all of it anew, and a test
//! compares: so no page shows figures that are not in the record.
//!
//! Each of them is followed by an empty place. The local server fills it with the same from the reader's own record,
//! if there is one; elsewhere it stays empty.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use charts::Figure;
use comparison::record::{self, Record};
use lesson::{Language, say, text};

use crate::{LANGUAGES, folder};

/// What to do with them.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[arg(long, help = text!("only say whether they are up to date", "最新かどうかを確かめるだけ"))]
    check: bool,
}

/// Draws them, or says which are not as they would be drawn now: exit code 1.
///
/// # Errors
///
/// There is no record, or it cannot be read, or a file cannot be written.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let record = Record::load(&record::reference())?;
    let files = files(&record);
    if arguments.check {
        let stale = stale(&files)?;
        for path in &stale {
            let path = path.display();
            say!("not up to date: {path}", "最新ではありません: {path}");
        }
        if !stale.is_empty() {
            bail!(text!(
                "draw them again: cargo xtask book figures",
                "cargo xtask book figuresで描き直してください"
            ));
        }
        return Ok(ExitCode::SUCCESS);
    }
    for stranger in strangers(&files)? {
        fs::remove_file(&stranger)?;
    }
    for (path, content) in &files {
        let shown = path.display();
        fs::create_dir_all(path.parent().unwrap_or(folder()))?;
        fs::write(path, content)
            .with_context(|| text!("cannot write {shown}", "{shown}に書き込めません"))?;
    }
    let count = files.len();
    say!("drawn: {count} figures", "{count}個の図表を作成しました");
    Ok(ExitCode::SUCCESS)
}

/// Where they are.
pub fn measured() -> PathBuf {
    folder().join("figures/measured")
}

/// All files, with what should be in them.
pub fn files(record: &Record) -> BTreeMap<PathBuf, String> {
    let spoken = lesson::language();
    let mut files = BTreeMap::new();
    for language in LANGUAGES {
        for figure in charts::figures(record, language) {
            let path = measured().join(language.name()).join(&figure.name);
            files.insert(path, on_a_page(&figure));
        }
    }
    lesson::set_language(spoken);
    files
}

fn on_a_page(Figure { name, content }: &Figure) -> String {
    format!("{}{}\n", framed(content), place(name, ""))
}

fn framed(content: &str) -> String {
    if content.starts_with("<svg") {
        format!("<figure class=\"measured\">\n{content}</figure>\n")
    } else {
        content.to_owned()
    }
}

/// The place for the reader's own, with what is in it.
fn place(name: &str, content: &str) -> String {
    format!("<div class=\"yours\" data-figure=\"{name}\">{content}</div>")
}

/// Those that are missing, different, or should not be there.
///
/// # Errors
///
/// A folder cannot be read.
pub fn stale(files: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>> {
    let differs = |(path, content): &(&PathBuf, &String)| {
        fs::read_to_string(path).ok().as_ref() != Some(*content)
    };
    let mut stale: Vec<PathBuf> =
        files.iter().filter(differs).map(|(path, _)| path.clone()).collect();
    stale.extend(strangers(files)?);
    Ok(stale)
}

fn strangers(files: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>> {
    let mut strangers = Vec::new();
    for language in LANGUAGES {
        let Ok(entries) = fs::read_dir(measured().join(language.name())) else { continue };
        for entry in entries {
            let path = entry?.path();
            if !files.contains_key(&path) {
                strangers.push(path);
            }
        }
    }
    Ok(strangers)
}

/// The reader's own record, drawn once for each state of its file.
#[derive(Debug)]
pub struct Yours {
    file: PathBuf,
    drawn: Mutex<Option<(SystemTime, Drawn)>>,
}

/// Figures by language and name; none if the record cannot be read.
type Drawn = BTreeMap<(&'static str, String), String>;

impl Yours {
    /// That of a file, which may come into being later.
    pub fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), drawn: Mutex::new(None) }
    }

    /// Fills the places of a page. Reads and draws the record if its file has changed.
    pub fn fill(&self, page: &str, language: Language) -> String {
        if !page.contains("<div class=\"yours\"") {
            return page.to_owned();
        }
        let Ok(changed) = fs::metadata(&self.file).and_then(|found| found.modified()) else {
            return page.to_owned();
        };
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.as_ref().is_none_or(|(drawn, _)| *drawn != changed) {
            *drawn = Some((changed, self.draw()));
        }
        let mut page = page.to_owned();
        let of_language = drawn.iter().flat_map(|(_, drawn)| drawn);
        for ((_, name), content) in of_language.filter(|((it, _), _)| *it == language.name()) {
            page = page.replace(&place(name, ""), &place(name, content));
        }
        page
    }

    fn draw(&self) -> Drawn {
        let Ok(record) = Record::load(&self.file) else { return Drawn::new() };
        let (day, spoken, mut drawn) = (record.day(), lesson::language(), Drawn::new());
        for language in LANGUAGES {
            for Figure { name, content } in charts::figures(&record, language) {
                let caption = text!("On your machine ({day}):", "あなたのマシンでの結果({day}):");
                let content = format!("<p>{caption}</p>\n{}", framed(&content));
                drawn.insert((language.name(), name), content);
            }
        }
        lesson::set_language(spoken);
        drawn
    }
}
