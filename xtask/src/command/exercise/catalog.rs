//! The exercises that there are: folders `chapters/<n>-<chapter>/exercises/<n>-<name>/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lesson::{Language, language, text};

use crate::workspace::root;

/// An exercise: a folder of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exercise {
    /// The chapter's number in the book.
    pub(super) chapter_number: String,
    /// The chapter's package, `process`.
    pub(super) chapter: String,
    /// The number within the chapter.
    pub(super) number: String,
    /// The name, `reap`: that of its test, and part of its programs' names.
    pub(super) name: String,
    pub(super) folder: PathBuf,
}

impl Exercise {
    /// What it is called in full, `process/1-reap`.
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}-{}", self.chapter, self.number, self.name)
    }

    /// The package that has its programs.
    pub(super) fn package(&self) -> String {
        format!("{}-exercises", self.chapter)
    }

    /// The name of a program: of the reader's answer where `which` is empty, else `solution` or `wrong-…`.
    pub(super) fn binary(&self, which: &str) -> String {
        let base = format!("{}-{}", self.chapter, self.name);
        if which.is_empty() { base } else { format!("{base}-{which}") }
    }

    /// The file that the reader edits.
    pub(super) fn stub(&self) -> PathBuf {
        self.folder.join("stub.rs")
    }

    /// The known wrong answers, `wrong-…`.
    pub(super) fn wrong(&self) -> Result<Vec<String>> {
        let wrong = |path: PathBuf| {
            let name = path.file_name()?.to_str()?;
            name.strip_suffix(".rs").filter(|it| it.starts_with("wrong-")).map(str::to_owned)
        };
        Ok(entries(&self.folder)?.into_iter().filter_map(wrong).collect())
    }

    /// The names of the problems that a wrong answer says it fails with, in its first lines.
    pub(super) fn fails_with(&self, wrong: &str) -> Result<Vec<String>> {
        let path = self.folder.join(format!("{wrong}.rs"));
        let text = fs::read_to_string(&path).with_context(|| shown(&path))?;
        let fails = text.lines().take(6).find_map(|line| line.strip_prefix("//! Fails with: "));
        let fails = fails.with_context(|| {
            let path = shown(&path);
            text!(
                "{path}: its first lines do not say `//! Fails with: NAME`",
                "{path}: 先頭に`//! Fails with: 名前`がありません"
            )
        })?;
        Ok(fails.split(',').map(|it| it.trim().to_owned()).collect())
    }

    /// One of its texts in the reader's language, `README`, `hints` or `solution`: its path.
    pub(super) fn page(&self, name: &str) -> PathBuf {
        self.page_in(name, language())
    }

    fn page_in(&self, name: &str, language: Language) -> PathBuf {
        self.folder.join(match language {
            Language::English => format!("{name}.md"),
            Language::Japanese => format!("{name}.ja.md"),
        })
    }

    /// One of its texts in the reader's language.
    pub(super) fn text(&self, name: &str) -> Result<String> {
        let path = self.page(name);
        fs::read_to_string(&path).with_context(|| shown(&path))
    }

    /// The title and the minutes that its README gives in its first lines: `# Title`, then `About 15 minutes.`
    pub(super) fn front(&self) -> Result<(String, u32)> {
        let text = self.text("README")?;
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let title = lines.next().and_then(|line| line.strip_prefix("# "));
        let second = lines.next().unwrap_or_default();
        let minutes = match language() {
            Language::English => {
                second.strip_prefix("About ").and_then(|it| it.strip_suffix(" minutes."))
            }
            Language::Japanese => {
                second.strip_prefix("目安は").and_then(|it| it.strip_suffix("分です。"))
            }
        };
        let front = title.zip(minutes.and_then(|it| it.parse().ok()));
        let (title, minutes) = front.with_context(|| {
            let path = shown(&self.page("README"));
            text!(
                "{path}: it has to begin with `# Title` and `About 15 minutes.`",
                "{path}: 先頭は`# 題名`と`目安は15分です。`でなければなりません"
            )
        })?;
        Ok((title.to_owned(), minutes))
    }

    /// The three hints in the reader's language: what follows each `## ` heading, with it.
    pub(super) fn hints(&self) -> Result<Vec<String>> {
        let text = self.text("hints")?;
        let mut hints: Vec<String> = Vec::new();
        for line in text.lines() {
            if line.starts_with("## ") {
                hints.push(String::new());
            }
            if let Some(hint) = hints.last_mut() {
                hint.push_str(line);
                hint.push('\n');
            }
        }
        if hints.len() != 3 {
            let (path, number) = (shown(&self.page("hints")), hints.len());
            bail!(text!(
                "{path}: {number} hints instead of three",
                "{path}: ヒントが三つではなく{number}個あります"
            ));
        }
        Ok(hints)
    }
}

/// A path as the reader sees it: from the workspace's root.
pub(super) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Every exercise, in the order of the book.
pub(super) fn discover() -> Result<Vec<Exercise>> {
    let mut exercises = Vec::new();
    for chapter in entries(&root().join("chapters"))? {
        let within = chapter.join("exercises");
        let Some((chapter_number, package)) = numbered(&chapter).filter(|_| within.is_dir()) else {
            continue;
        };
        for folder in entries(&within)? {
            if let Some((number, name)) = numbered(&folder).filter(|_| is_exercise(&folder)) {
                exercises.push(Exercise {
                    chapter_number: chapter_number.clone(),
                    chapter: package.clone(),
                    number,
                    name,
                    folder,
                });
            }
        }
    }
    Ok(exercises)
}

/// Whether a folder is one, and not only on the way to be.
fn is_exercise(folder: &Path) -> bool {
    ["README.md", "stub.rs", "check.rs", "solution.rs"].iter().all(|it| folder.join(it).is_file())
}

/// The number and the name in `1-reap`.
fn numbered(path: &Path) -> Option<(String, String)> {
    let name = path.file_name()?.to_str()?;
    let (number, name) = name.split_once('-')?;
    number.parse::<u32>().ok()?;
    Some((number.to_owned(), name.to_owned()))
}

/// What a folder has, sorted.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
    };
    let mut found = read().with_context(|| shown(folder))?;
    found.sort();
    Ok(found)
}

/// The exercise that a reader means by `reap`, `1-reap`, `2-1`, `process/1`, `process/reap` or a beginning of these.
///
/// # Errors
///
/// None or several: the message names those that are like it.
pub(super) fn find<'a>(exercises: &'a [Exercise], wanted: &str) -> Result<&'a Exercise> {
    let names = |it: &Exercise| {
        let Exercise { chapter_number, chapter, number, name, .. } = it;
        [
            it.full_name(),
            name.clone(),
            format!("{number}-{name}"),
            format!("{chapter}/{number}"),
            format!("{chapter}/{name}"),
            format!("{chapter}-{name}"),
            format!("{chapter_number}-{number}"),
            format!("{chapter_number}.{number}"),
            format!("{chapter_number}-{chapter}/{number}-{name}"),
        ]
    };
    // A path into the exercise's folder, as a shell completes it.
    let trimmed = wanted.trim_end_matches('/').trim_start_matches("./");
    let wanted_name = trimmed.trim_start_matches("chapters/").replace("/exercises/", "/");
    let exact: Vec<&Exercise> =
        exercises.iter().filter(|it| names(it).contains(&wanted_name)).collect();
    if let [one] = exact[..] {
        return Ok(one);
    }
    let mut like: Vec<&Exercise> = exercises
        .iter()
        .filter(|it| names(it).iter().any(|name| name.starts_with(&wanted_name)))
        .collect();
    if let ([one], false) = (&like[..], wanted_name.is_empty()) {
        return Ok(one);
    }
    if like.is_empty() && wanted_name.len() > 1 {
        like = exercises.iter().filter(|it| it.full_name().contains(&wanted_name)).collect();
    }
    if like.is_empty() {
        // A letter or two were mistyped.
        let distance =
            |it: &Exercise| names(it).iter().map(|name| distance(name, &wanted_name)).min();
        like = exercises.iter().filter(|it| distance(it).is_some_and(|it| it <= 2)).collect();
    }
    let known: Vec<String> = like.iter().take(6).map(|it| it.full_name()).collect();
    let known = known.join(", ");
    if known.is_empty() {
        bail!(text!(
            "{wanted}: there is no such exercise; see `cargo xtask exercise list`",
            "{wanted}: そのような演習はありません(`cargo xtask exercise list`で一覧を表示できます)"
        ));
    }
    bail!(text!(
        "{wanted}: there is no such exercise; do you mean {known}?",
        "{wanted}: そのような演習はありません(もしかして: {known})"
    ))
}

/// How many letters have to change for one word to become the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = index + 1;
        for column in 1..=other.len() {
            let change = before + usize::from(letter != other[column - 1]);
            before = row[column];
            row[column] = change.min(row[column] + 1).min(row[column - 1] + 1);
        }
    }
    row[other.len()]
}
