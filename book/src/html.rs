//! Both languages as HTML, built in this process by mdBook's library.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use lesson::{Language, say, text};
use mdbook_driver::MDBook;

use crate::{LANGUAGES, folder};

/// Builds the pages of both languages into folders of their names within `destination`.
///
/// # Errors
///
/// As [`build_language`].
pub fn build(destination: &Path) -> Result<()> {
    for language in LANGUAGES {
        let destination = destination.join(language.name());
        build_language(language, &destination)?;
        let index = destination.join("index.html");
        let index = index.display();
        say!("Built {index}", "ビルドしました: {index}");
    }
    Ok(())
}

/// Builds the pages of one language into `destination`.
///
/// # Errors
///
/// mdBook's, with the language's folder: a page that is missing, a configuration it does not know. Or its search is not
/// the one that is taught Japanese here.
pub fn build_language(language: Language, destination: &Path) -> Result<()> {
    let source = folder().join(language.name());
    let shown = source.display().to_string();
    MDBook::load(&source)
        .and_then(|mut book| {
            book.config.build.build_dir = destination.to_owned();
            book.build()
        })
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| text!("cannot build {shown}", "{shown}をビルドできません"))?;
    match language {
        Language::Japanese => teach_japanese(destination),
        Language::English => Ok(()),
    }
}

/// mdBook's search drops every character that is not ASCII. Ours takes its place, in its own window.
const SEARCH: &str = include_str!("html/search.ja.js");

/// What becomes of mdBook's own lines: the terms, the excerpt and the marks on the page are ours to find.
const WINDOW: [(&str, &str); 6] = [
    (
        "const searchterms = searchterm.split(' ');",
        "const searchterms = elasticlunr.terms(searchterm);",
    ),
    (
        "makeTeaser(escapeHTML(result.doc.body), searchterms)",
        "elasticlunr.teaser(result, escapeHTML)",
    ),
    ("encodeURIComponent(searchterms.join(' '))", "encodeURIComponent(result.found.join(' '))"),
    (
        "return count + ' search result for \\'' + searchterm + '\\':';",
        "return `「${searchterm}」の検索結果: 1件`;",
    ),
    (
        "return 'No search results for \\'' + searchterm + '\\'.';",
        "return `「${searchterm}」は見つかりませんでした`;",
    ),
    (
        "return count + ' search results for \\'' + searchterm + '\\':';",
        "return `「${searchterm}」の検索結果: ${count}件`;",
    ),
];

/// What mdBook says when the reader has copied a listing.
const COPIED: [(&str, &str); 2] =
    [("'Copied!'", "'コピーしました'"), ("'Clipboard error!'", "'コピーできませんでした'")];

/// The title of the page for unknown addresses.
const MISSING: [(&str, &str); 1] = [("<title>Page not found", "<title>ページが見つかりません")];

/// Gives the built pages a search that finds Japanese, and the words that mdBook has of its own in Japanese.
fn teach_japanese(pages: &Path) -> Result<()> {
    let library = emitted(pages, "elasticlunr-")?;
    let text = fs::read_to_string(&library)?;
    fs::write(&library, format!("{text}\n{SEARCH}"))?;
    replace(&emitted(pages, "searcher-")?, &WINDOW)?;
    replace(&pages.join("404.html"), &MISSING)?;
    replace(&emitted(pages, "book-")?, &COPIED)
}

/// Puts ours in the place of theirs, each of which must be there once.
fn replace(script: &Path, lines: &[(&str, &str)]) -> Result<()> {
    let mut text = fs::read_to_string(script)?;
    for (theirs, ours) in lines {
        if text.matches(theirs).count() != 1 {
            let shown = script.display();
            return Err(anyhow!("mdBook has changed: {shown} has no line `{theirs}`"));
        }
        text = text.replace(theirs, ours);
    }
    Ok(fs::write(script, text)?)
}

/// The script whose name begins so; what follows depends on its content.
fn emitted(pages: &Path, beginning: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(pages)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(beginning) && name.ends_with(".js") {
            return Ok(entry.path());
        }
    }
    Err(anyhow!("mdBook has written no {beginning}*.js"))
}
