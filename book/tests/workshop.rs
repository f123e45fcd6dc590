//! What the page for the instructor promises: plans whose minutes add up, exercises that exist, help for each of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use book::{LANGUAGES, folder, sources};
use lesson::Language;
use regex::Regex;

/// One row of a plan: when it begins (in minutes after midnight), how long it takes, and the exercise, if it is one.
type Row = (u32, u32, Option<String>);

fn page(language: Language, name: &str) -> String {
    sources::read(language).unwrap().remove(name).unwrap()
}

/// The parts of a page between its headings of the second level, without what stands before the first.
fn sections(page: &str) -> Vec<&str> {
    page.split("\n## ").skip(1).collect()
}

fn number(digits: &str) -> u32 {
    digits.parse().unwrap()
}

/// Each plan of the page with the minutes that it states.
fn plans(language: Language) -> Vec<(u32, Vec<Row>)> {
    let stated = Regex::new(r"(?m)^(?:(\d+) minutes, from|.*合計(\d+)分。)").unwrap();
    let row = Regex::new(r"(?m)^\| (\d+):(\d\d) \| (\d+) \| (?:`([\w-]+/[\w-]+)` \|)?").unwrap();
    let page = page(language, "appendix/workshop.md");
    let mut plans = Vec::new();
    for section in sections(&page) {
        let rows = row.captures_iter(section).map(|row| {
            let exercise = row.get(4).map(|name| name.as_str().to_owned());
            (number(&row[1]) * 60 + number(&row[2]), number(&row[3]), exercise)
        });
        let rows: Vec<Row> = rows.collect();
        if !rows.is_empty() {
            let stated = stated.captures(section).expect("a plan states its minutes");
            let stated = stated.get(1).or(stated.get(2)).unwrap();
            plans.push((number(stated.as_str()), rows));
        }
    }
    plans
}

/// The minutes of each exercise in the list of help.
fn help(language: Language) -> BTreeMap<String, u32> {
    let row = Regex::new(r"(?m)^\| (\d+) \| `([\w-]+/[\w-]+)` \| ([^|]+) \| ([^|]+) \|$").unwrap();
    let page = page(language, "appendix/workshop.md");
    let mut help = BTreeMap::new();
    for row in row.captures_iter(&page) {
        assert!(help.insert(row[2].to_owned(), number(&row[1])).is_none(), "twice: {}", &row[2]);
    }
    help
}

/// The minutes that each exercise's README names, by the name that `cargo xtask exercise list` shows.
fn exercises(readme: &str, pattern: &str) -> BTreeMap<String, u32> {
    let pattern = Regex::new(pattern).unwrap();
    let mut exercises = BTreeMap::new();
    for chapter in fs::read_dir(folder().parent().unwrap().join("chapters")).unwrap() {
        let chapter = chapter.unwrap();
        let (name, within) = (chapter.file_name(), chapter.path().join("exercises"));
        let Some((_, name)) = name.to_str().unwrap().split_once('-') else { continue };
        for exercise in fs::read_dir(within).into_iter().flatten() {
            let exercise = exercise.unwrap();
            if let Ok(text) = fs::read_to_string(exercise.path().join(readme)) {
                let name = format!("{name}/{}", exercise.file_name().to_str().unwrap());
                let minutes = pattern.captures(&text).unwrap_or_else(|| panic!("{name}: minutes"));
                exercises.insert(name, number(&minutes[1]));
            }
        }
    }
    exercises
}

fn english_exercises() -> BTreeMap<String, u32> {
    exercises("README.md", r"(?m)^About (\d+) minutes\.$")
}

#[test]
fn both_languages_have_the_same_plans() {
    let [english, japanese] = LANGUAGES.map(plans);
    assert_eq!(english.len(), 2);
    assert_eq!(english, japanese);
}

#[test]
fn the_minutes_of_a_plan_add_up_and_each_row_begins_where_the_last_one_ends() {
    for (stated, rows) in plans(Language::English) {
        assert_eq!(rows.iter().map(|(_, minutes, _)| minutes).sum::<u32>(), stated);
        for pair in rows.windows(2) {
            assert_eq!(pair[0].0 + pair[0].1, pair[1].0, "{pair:?}");
        }
    }
}

#[test]
fn every_exercise_of_a_plan_exists_and_takes_as_long_as_its_page_says() {
    let exercises = english_exercises();
    for (_, rows) in plans(Language::English) {
        let named: Vec<_> = rows
            .into_iter()
            .filter_map(|(_, minutes, exercise)| exercise.map(|exercise| (exercise, minutes)))
            .collect();
        assert!(named.len() > 5, "only {named:?} found: the search is wrong");
        for (exercise, minutes) in named {
            assert_eq!(exercises.get(&exercise), Some(&minutes), "{exercise}");
        }
    }
}

#[test]
fn there_is_help_for_every_exercise() {
    let exercises = english_exercises();
    assert!(exercises.len() > 23, "only {} found: the search is wrong", exercises.len());
    assert_eq!(exercises, self::exercises("README.ja.md", r"目安は(\d+)分"));
    for language in LANGUAGES {
        assert_eq!(help(language), exercises, "{}", language.name());
    }
}

#[test]
fn the_first_exercise_is_solved_in_under_ten_minutes() {
    let step = Regex::new(r"(?m)^\d\. (\d+)(?: min:|分：)").unwrap();
    for language in LANGUAGES {
        let page = page(language, "appendix/handout.md");
        let steps: Vec<u32> =
            step.captures_iter(sections(&page)[0]).map(|step| number(&step[1])).collect();
        assert!(steps.len() > 3, "only {steps:?} found: the search is wrong");
        assert!(steps.iter().sum::<u32>() < 10, "{}: {steps:?}", language.name());
    }
}
