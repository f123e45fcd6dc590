//! The pages' sources, and what is read from them: headings, code blocks, includes, commands, questions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lesson::Language;
use regex::Regex;

use crate::folder;

/// The table of contents: the one source that is no page.
pub const SUMMARY: &str = "SUMMARY.md";

/// Every Markdown file of a language by its path below `src`, the table of contents among them.
///
/// # Errors
///
/// A file cannot be read.
pub fn read(language: Language) -> Result<BTreeMap<String, String>> {
    let root = path(language, "");
    let (mut pages, mut folders) = (BTreeMap::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        let shown = folder.display().to_string();
        for entry in fs::read_dir(&folder).with_context(|| shown.clone())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
                let text = fs::read_to_string(&path).with_context(|| name.clone())?;
                pages.insert(name, text);
            }
        }
    }
    Ok(pages)
}

/// The file of a page.
pub fn path(language: Language, page: impl AsRef<Path>) -> PathBuf {
    folder().join(language.name()).join("src").join(page)
}

/// What a page and its translation have in common, each in the order in which it comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// The headings' levels.
    pub headings: Vec<String>,
    /// What follows the opening backticks of each code block.
    pub fences: Vec<String>,
    /// The included files and anchors, with `LANGUAGE` for the language's own name.
    pub includes: Vec<String>,
    /// Where links lead, without the heading in the page: its name is in the page's language.
    pub links: Vec<String>,
    /// The `cargo` commands, without the option that chooses the language.
    pub commands: Vec<String>,
    /// The questions.
    pub questions: Vec<Question>,
}

/// A question to the reader, as it stands in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name, without `predict-`.
    pub id: String,
    /// Which of its choices is right, from 1.
    pub answer: usize,
    /// How many there are to choose from.
    pub choices: usize,
}

impl Structure {
    /// Reads a page.
    ///
    /// # Errors
    ///
    /// A question whose answer is no number.
    pub fn of(page: &str, language: Language) -> Result<Self> {
        let (mut structure, mut prose, mut fence) = (Self::default(), String::new(), None);
        for line in page.lines() {
            let ticks = line.trim_start().bytes().take_while(|&byte| byte == b'`').count();
            match fence {
                Some(open) if ticks >= open => fence = None,
                Some(_) => {}
                None if ticks >= 3 => {
                    fence = Some(ticks);
                    structure.fences.push(line.trim_start()[ticks..].to_owned());
                }
                None => {
                    let level = line.bytes().take_while(|&byte| byte == b'#').count();
                    if level > 0 && line[level..].starts_with(' ') {
                        structure.headings.push("#".repeat(level));
                    }
                    prose.push_str(line);
                    prose.push('\n');
                }
            }
        }
        let own = format!(r"\b{}(/|\.(?:svg|txt)\b)", language.name());
        let own = Regex::new(&own)?;
        structure.includes = all(r"\{\{#include ([^}]*)\}\}", page)?
            .iter()
            .map(|include| own.replace_all(include, "LANGUAGE$1").into_owned())
            .collect();
        structure.links = all(r"\]\(([^)#\s]+)[^)]*\)", &prose)?;
        let option = Regex::new(r"(?: --)? --lang (?:ja|en)\b|^LESSON_LANG=\w+ ")?;
        structure.commands =
            all(r"\b(cargo (?:run|xtask|test|build|bench|doc)\b[^`\n|<#&;]*)", page)?
                .iter()
                .map(|command| option.replace_all(command, "").trim_end().to_owned())
                .collect();
        let section = r#"(?s)<section class="predict" id="predict-([\w-]+)" data-answer="(\d+)">(.*?)</section>"#;
        for found in Regex::new(section)?.captures_iter(page) {
            let choices = all(r"(?m)^(\d+)\. ", &found[3])?.len();
            structure.questions.push(Question {
                id: found[1].to_owned(),
                answer: found[2].parse()?,
                choices,
            });
        }
        Ok(structure)
    }
}

/// The first group of every match.
///
/// # Errors
///
/// The pattern is no regular expression.
pub fn all(pattern: &str, text: &str) -> Result<Vec<String>> {
    let pattern = Regex::new(pattern)?;
    Ok(pattern
        .captures_iter(text)
        .filter_map(|found| Some(found.get(1)?.as_str().to_owned()))
        .collect())
}
