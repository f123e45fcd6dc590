//! The pages as they are built: links, includes, both languages alike, commands that exist.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use book::{LANGUAGES, folder, html};
use regex::Regex;

fn files(within: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(within).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The text of every page in a language's sources, by file name.
fn sources(language: &str) -> BTreeMap<String, String> {
    let within = folder().join(language).join("src");
    let name = |path: &Path| path.strip_prefix(&within).unwrap().to_string_lossy().into_owned();
    files(&within, ".md")
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect()
}

/// Every first group of a pattern in a text.
fn all<'a>(pattern: &str, text: &'a str) -> Vec<&'a str> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found.get(1).unwrap().as_str()).collect()
}

/// A link's target with its `%41` read, as a browser does before it looks for an anchor.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| first == b'%');
        let hex = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(hex.unwrap_or(first));
        rest = if hex.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap()
}

/// What is wrong with the links of the built pages.
fn broken_links(root: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for page in files(root, ".html") {
        // It may be shown at any address, so its links are from the site's root.
        if page.ends_with("404.html") {
            continue;
        }
        let text = fs::read_to_string(&page).unwrap();
        for link in all(r#"\s(?:href|src)="([^"]*)""#, &text) {
            let outside = ["http:", "https:", "data:", "mailto:"];
            if outside.iter().any(|scheme| link.starts_with(scheme)) {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let mut target = page.clone();
            if !path.is_empty() {
                target = page.parent().unwrap().join(decoded(path));
            }
            let anchors =
                fs::read(&target).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            let found = anchors.is_ok_and(|text| {
                anchor.is_empty() || text.contains(&format!("id=\"{}\"", decoded(anchor)))
            });
            if !found {
                wrong.push(format!("{}: {link}", page.display()));
            }
        }
    }
    wrong
}

#[test]
fn every_link_and_anchor_leads_somewhere_and_every_include_was_found() {
    let folder = tempfile::tempdir().unwrap();
    html::build(folder.path()).unwrap();
    for language in LANGUAGES {
        let built = folder.path().join(language.name());
        assert_eq!(broken_links(&built), Vec::<String>::new());
        for page in files(&built, ".html") {
            let text = fs::read_to_string(&page).unwrap();
            assert!(!text.contains("{{#"), "{}: an include is left as it is", page.display());
            // Empty is what mdBook makes of an anchor that is not there.
            for code in all(r"(?s)<pre[^>]*><code[^>]*>(.*?)</code>", &text) {
                assert!(!code.trim().is_empty(), "{}: an empty code block", page.display());
            }
            assert!(
                all(r#"<(?:script|link|img|iframe)[^>]*(?:src|href)="(https?:[^"]*)""#, &text)
                    .is_empty(),
                "{}: fetches from elsewhere",
                page.display()
            );
        }
    }
}

#[test]
fn the_check_of_links_finds_planted_errors() {
    let folder = tempfile::tempdir().unwrap();
    let page = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    page("a.html", r##"<a href="b.html#x"></a> <a href="#%E3%81%82"></a> <p id="あ">"##);
    page("b.html", r#"<p id="x">"#);
    assert!(broken_links(folder.path()).is_empty());
    page(
        "a.html",
        r##"<a href="c.html"></a> <a href="b.html#y"></a> <img src="d.png"> <a href="#z">"##,
    );
    assert_eq!(broken_links(folder.path()).len(), 4);
}

#[test]
fn every_include_names_a_file_and_an_anchor_in_it() {
    for language in LANGUAGES.map(|language| language.name()) {
        for (page, text) in sources(language) {
            for include in all(r"\{\{#include ([^}]*)\}\}", &text) {
                let (path, anchor) = include.split_once(':').unwrap_or((include, ""));
                let page_folder = folder().join(language).join("src").join(&page);
                let included = fs::read_to_string(page_folder.parent().unwrap().join(path));
                let included =
                    included.unwrap_or_else(|error| panic!("{page}: {include}: {error}"));
                // `6:` and `6:12` are lines.
                let is_lines = anchor.chars().all(|it| it.is_ascii_digit() || it == ':');
                let there = is_lines || included.contains(&format!("ANCHOR: {anchor}\n"));
                assert!(there, "{page}: {include}: there is no such anchor");
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_pages_headings_and_code() {
    let [english, japanese] = LANGUAGES.map(|language| sources(language.name()));
    assert_eq!(english.keys().collect::<Vec<_>>(), japanese.keys().collect::<Vec<_>>());
    let fences = |text: &str| all(r"(?m)^```([\w,]+)$", text).join(" ");
    let levels = |text: &str| all(r"(?m)^(#+) ", text).join(" ");
    let links = |text: &str| all(r"\]\(([^)h]+)\)", text).join(" ");
    let includes = |text: &str| all(r"\{\{#include ([^}]*)\}\}", text).join(" ");
    for (page, english) in english {
        let japanese = &japanese[&page];
        assert_eq!(fences(&english), fences(japanese), "{page}: code blocks");
        assert_eq!(levels(&english), levels(japanese), "{page}: headings");
        assert_eq!(links(&english), links(japanese), "{page}: links");
        let expected = includes(&english).replace("outputs/en/", "outputs/ja/");
        let expected = expected.replace("timelines/en/", "timelines/ja/").replace(".en.", ".ja.");
        let expected = expected.replace("measured/en/", "measured/ja/");
        assert_eq!(expected, includes(japanese), "{page}: includes");
    }
}

/// Each package of the workspace with its binaries.
fn binaries() -> BTreeMap<String, BTreeSet<String>> {
    let root = folder().parent().unwrap();
    let mut binaries = BTreeMap::new();
    for manifest in files_named(root, "Cargo.toml") {
        let text = fs::read_to_string(&manifest).unwrap();
        let Some(&package) = all("(?m)^\\[package\\]\nname = \"([^\"]+)\"", &text).first() else {
            continue;
        };
        let source = manifest.parent().unwrap().join("src");
        let mut names = BTreeSet::new();
        if source.join("main.rs").exists() {
            names.insert(package.to_owned());
        }
        if source.join("bin").is_dir() {
            let stem = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
            names.extend(files(&source.join("bin"), ".rs").iter().map(stem));
        }
        binaries.insert(package.to_owned(), names);
    }
    binaries
}

/// The files of this name at most three folders deep, not in what was built.
fn files_named(root: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && depth < 3 && !path.ends_with("target") && !path.is_symlink() {
                folders.push((path, depth + 1));
            } else if path.ends_with(name) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_cargo_command_in_the_book_names_a_program_that_exists() {
    let (binaries, mut commands) = (binaries(), 0);
    for language in LANGUAGES.map(|language| language.name()) {
        for (page, text) in sources(language) {
            for command in all(r"cargo run ([^`\n]*)", &text) {
                let ours = command.split(" -- ").next().unwrap();
                let package = all(r"-p ([\w-]+)", ours)[0];
                let names = binaries.get(package);
                let names =
                    names.unwrap_or_else(|| panic!("{page}: there is no package {package}"));
                let binary = *all(r"--bin ([\w-]+)", ours).first().unwrap_or(&package);
                assert!(names.contains(binary), "{page}: cargo run {command}: no such program");
                commands += 1;
            }
            for command in all(r"cargo xtask ([\w-]+)", &text) {
                // One file per command.
                let file =
                    folder().parent().unwrap().join(format!("xtask/src/command/{command}.rs"));
                assert!(file.is_file(), "{page}: cargo xtask {command}: no such command");
            }
        }
    }
    assert!(commands > 20, "only {commands} commands found: the search is wrong");
}
