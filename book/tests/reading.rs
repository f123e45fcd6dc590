//! What the pages promise their readers: questions with checked answers, fresh translations, one word for one thing,
//! pictures with words, short pages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use book::predictions::List;
use book::{LANGUAGES, folder, html, sources, translations};
use lesson::Language;
use regex::Regex;

fn pages(language: Language) -> BTreeMap<String, String> {
    sources::read(language).unwrap()
}

/// Each question of the pages with the number of its answer.
fn questions(language: Language) -> BTreeMap<String, String> {
    let section =
        Regex::new(r#"<section class="predict" id="predict-([^"]+)" data-answer="(\d)">"#);
    let section = section.unwrap();
    let mut questions = BTreeMap::new();
    for (page, text) in pages(language) {
        let sections = text.matches(r#"class="predict""#).count();
        let found: Vec<_> = section.captures_iter(&text).collect();
        assert_eq!(found.len(), sections, "{page}: a question without a name or an answer");
        for question in found {
            let name = question[1].to_owned();
            assert!(
                questions.insert(name, question[2].to_owned()).is_none(),
                "{page}: {question:?}"
            );
        }
    }
    questions
}

#[test]
fn every_question_is_checked_and_has_the_same_answer_in_both_languages() {
    let [english, japanese] = LANGUAGES.map(questions);
    assert_eq!(english, japanese);
    let checked = List::read(&folder().join("predict.toml")).unwrap();
    let mut checked: Vec<_> = checked.questions.into_iter().map(|question| question.id).collect();
    checked.sort();
    assert_eq!(english.into_keys().collect::<Vec<_>>(), checked);
}

#[test]
fn every_japanese_page_says_what_its_english_source_says() {
    let (english, japanese) = (pages(Language::English), pages(Language::Japanese));
    for (page, source) in &english {
        if page == "SUMMARY.md" {
            continue;
        }
        let translation = &japanese[page];
        let wrong = translations::outdated(source, translation).unwrap();
        assert!(wrong.is_none(), "{page}: {wrong:?}: compare the two, then translations bless");
        let differences = translations::differences(source, translation).unwrap();
        assert!(differences.is_empty(), "{page}: {differences:?}");
    }
}

/// The pages that have no Python beside their program, since Python has no such thing or the page measures ours.
const ONLY_RUST: [&str; 11] = [
    "3-queue/never-ends.md",
    "3-queue/ring.md",
    "3-queue/speed.md",
    "5-cpu-bound/amdahl.md",
    "5-cpu-bound/measuring.md",
    "5-cpu-bound/more-workers.md",
    "5-cpu-bound/picture.md",
    "6-caveats/three.md",
    "7-comparison/choosing.md",
    "7-comparison/measured.md",
    "7-comparison/sharing.md",
];

/// What a page of a chapter lacks.
fn missing_parts(page: &str, text: &str) -> Vec<&'static str> {
    let has = |pattern: &str| Regex::new(pattern).unwrap().is_match(text);
    // The last page draws the conclusion: it has nothing of its own to run.
    let is_last = page == "7-comparison/choosing.md";
    let mut parts = vec![
        ("a question under its title", r"\A# .+\n\n(?:[^\n]+\n)*[^\n]+\?"),
        ("the smallest program", r"\n## The smallest program\n"),
        ("something to predict", r"\n## Predict\n[^#]*?(class=.predict.|<details>)"),
        ("something to break", r"\n## Break it\n"),
        ("a recap of two lines", r"\n## Recap\n\n[^\n]+\n[^\n]+\n\n"),
    ];
    if !is_last {
        parts.extend([
            ("a program from a compiled file", r"```rust,ignore\n\{\{#include [^}]+\.rs:[a-z]"),
            ("a run", r"\n## Run\n[^#]*\n```console\n"),
            ("why", r"\n## Why\n"),
            ("the next page", r"\nNext: \[[^\]]+\]\([^)]+\)\n\z"),
        ]);
    }
    if !ONLY_RUST.contains(&page) {
        parts.push(("Python", r"```python\n\{\{#include [^}]+\.py"));
    }
    parts.into_iter().filter(|(_, pattern)| !has(pattern)).map(|(part, _)| part).collect()
}

#[test]
fn every_page_of_a_chapter_has_all_its_parts() {
    let page_of_chapter = Regex::new(r"^\d-").unwrap();
    let mut looked_at = 0;
    for (page, text) in pages(Language::English) {
        if page_of_chapter.is_match(&page) && !page.ends_with("index.md") {
            looked_at += 1;
            assert_eq!(missing_parts(&page, &text), Vec::<&str>::new(), "{page}");
        }
    }
    assert!(looked_at > 45, "only {looked_at} pages found");
}

#[test]
fn a_page_without_one_of_its_parts_is_found() {
    let page = "2-process/zombie.md";
    let text = &pages(Language::English)[page];
    for (cut, part) in [
        ("?", "a question under its title"),
        ("## Predict", "something to predict"),
        ("```console", "a run"),
        ("```python", "Python"),
        (
            "A zombie is a PID and an answer that nobody has asked for yet.\n",
            "a recap of two lines",
        ),
        ("Next: ", "the next page"),
    ] {
        assert!(text.contains(cut), "{cut}");
        assert_eq!(missing_parts(page, &text.replace(cut, "")), [part]);
    }
}

/// What the glossary calls otherwise, and letters of half width.
const UNWANTED: &str = "[\u{ff66}-\u{ff9f}]|子供プロセス|サブプロセス|ファイル記述子|終了ステータス|リングバッファー|\
                        レースコンディション|データレース|ワーカ[^ー]|セマフォア|オーバヘッド|CPU律速|頑健|\
                        サーバ[^ー]|フォルダ[^ー]|ブラウザ[^ー]|メモリー|デスクリプタ";

#[test]
fn japanese_pages_use_the_glossary_s_words() {
    let unwanted = Regex::new(UNWANTED).unwrap();
    assert!(
        unwanted.is_match("ﾌﾟﾛｾｽ")
            && unwanted.is_match("ワーカが")
            && !unwanted.is_match("ワーカーが")
    );
    for (page, text) in pages(Language::Japanese) {
        // The table of words says in which other words a reader may have met a thing.
        if page != "glossary.md" {
            let found = unwanted.find(&text).map(|found| found.as_str());
            assert_eq!(found, None, "{page}");
        }
    }
}

#[test]
fn every_chapter_says_how_long_it_takes() {
    let minutes = |language, pattern: &str| {
        let pattern = Regex::new(pattern).unwrap();
        let chapter = Regex::new(r"^\d-[^/]+/index\.md$").unwrap();
        let chapters = pages(language).into_iter().filter(|(page, _)| chapter.is_match(page));
        let minutes = chapters.map(|(page, text)| {
            let minutes = pattern.captures(&text).unwrap_or_else(|| panic!("{page}: no minutes"));
            (page, minutes[1].to_owned())
        });
        minutes.collect::<BTreeMap<_, _>>()
    };
    let english = minutes(Language::English, r"(?m)^\*About (\d+) minutes");
    assert_eq!(english.len(), 7);
    assert_eq!(english, minutes(Language::Japanese, r"(?m)^\*目安: (\d+)分"));
}

fn built(within: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(within).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            built(&path, found);
        } else if path.extension().is_some_and(|it| it == "html") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_picture_has_words_and_every_page_is_short() {
    let folder = tempfile::tempdir().unwrap();
    html::build(folder.path()).unwrap();
    let mut pages = Vec::new();
    built(folder.path(), &mut pages);
    assert!(pages.len() > 60);
    let picture = Regex::new(r#"(?s)<svg[^>]*role="img"[^>]*>(.*?)</svg>"#).unwrap();
    let image = Regex::new("<img[^>]*>").unwrap();
    for (page, text) in pages {
        for picture in picture.captures_iter(&text) {
            let said = picture[1].contains("<title") && picture[1].contains("<desc");
            assert!(said, "{page}: a picture without words");
        }
        let silent = image.find_iter(&text).find(|image| !image.as_str().contains("alt="));
        assert!(silent.is_none(), "{page}: {silent:?}");
        // The whole book on one page is for the printer.
        assert!(page.ends_with("print.html") || text.len() < 300_000, "{page}: {}", text.len());
    }
}
