//! The chapters' Python counterparts: each runs, and where it prints a line that is specified, the same one.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use regex::Regex;
use testing::{Run, command, run, run_command};
use tests::{PROGRAMS, chapters};

/// Every `chapters/*/python/*.py`, in order.
fn counterparts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for chapter in fs::read_dir(chapters()).unwrap() {
        // A folder without one is no chapter, or has no counterpart.
        let Ok(entries) = fs::read_dir(chapter.unwrap().path().join("python")) else { continue };
        let paths = entries.map(|entry| entry.unwrap().path());
        found.extend(paths.filter(|path| path.extension().is_some_and(|ending| ending == "py")));
    }
    found.sort();
    found
}

fn run_python(path: &Path) -> Run {
    run("python3", &[path.to_str().unwrap()])
}

fn every_chapter_has_a_counterpart() {
    let found = counterparts();
    for program in PROGRAMS {
        let folder = chapters().join(program.folder).join("python");
        assert!(found.iter().any(|path| path.starts_with(&folder)), "none in {folder:?}");
    }
}

fn every_counterpart_runs_to_its_end() {
    for path in counterparts() {
        let run = run_python(&path);
        assert!(run.code == Some(0) && !run.stdout.is_empty(), "{path:?}: {run:#?}");
    }
}

/// A line with its pids taken out.
fn without_pids(line: &str) -> String {
    Regex::new(r"PID: \d+").unwrap().replace_all(line, "PID: …").into_owned()
}

/// The lines of the source document that both print, in the order in which they stand there.
fn assert_same(script: &str, program: &str, pattern: &str) {
    let program = PROGRAMS.iter().find(|known| known.name == program).unwrap();
    let path = chapters().join(program.folder).join("python").join(script);
    let specified = Regex::new(pattern).unwrap();
    let lines = |run: Run| -> Vec<String> {
        let mut lines: Vec<String> =
            run.succeeded().lines().into_iter().map(without_pids).collect();
        lines.retain(|line| specified.is_match(line));
        // Processes that run at the same time print in any order.
        lines.sort();
        lines
    };
    let arguments = [program.arguments, &["--lang", "en"]].concat();
    let rust = lines(run_command(command(program.path(), &arguments)));
    assert!(!rust.is_empty(), "{} prints no line like {pattern}", program.name);
    assert_eq!(lines(run_python(&path)), rust, "{script}");
}

fn the_three_processes_print_the_same_lines() {
    assert_same("process.py", "process", r"^Process \d ");
}

fn the_queue_delivers_the_same_line() {
    assert_same("queue_basics.py", "queue", "^The parent received: ");
}

fn the_pool_gives_the_same_results() {
    assert_same("pool_map.py", "pool", r"^(results: \[|workers left)");
}

/// The questions of `cargo xtask measure` ask Python as well, by turns with Rust.
fn every_question_is_answered_by_rust_and_by_python() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("measure.json");
    // In two runs, each far from a test's deadline; the second adds to what the first has saved.
    for half in
        ["start,throughput,round-trip,task-length,crash", "speed-up,memory,lock,waits,sharing"]
    {
        let arguments = ["--quick", "--only", half, "--output", output.to_str().unwrap()];
        let run = run_command(command(tests::program("comparison-measure"), &arguments));
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    let record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&output).unwrap()).unwrap();
    assert_eq!(record["not_measured"], serde_json::json!([]));
    let series = record["series"].as_array().unwrap();
    let asked: Vec<&str> = record["asked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["question"].as_str().unwrap())
        .collect();
    assert_eq!(asked.len(), 10);
    for question in asked.into_iter().filter(|&question| question != "crash") {
        for language in ["rust", "python"] {
            for kind in ["processes", "threads"] {
                let is = |series: &&serde_json::Value| {
                    [&series["question"], &series["language"], &series["kind"]]
                        == [question, language, kind]
                };
                let found = series.iter().find(is);
                let points = found.and_then(|series| series["points"].as_array());
                assert!(
                    points.is_some_and(|points| !points.is_empty()),
                    "{question} {language} {kind}"
                );
            }
        }
    }
    // What Python's advice and our promises say of a worker that crashes.
    let outcome = |language: &str, way: &str| {
        let mut survival = record["survival"].as_array().unwrap().iter();
        let is = |it: &&serde_json::Value| it["language"] == language && it["way"] == way;
        survival.find(is).map(|it| it["outcome"].as_str().unwrap().to_owned()).unwrap()
    };
    assert_eq!(outcome("rust", "pool_abort"), "goes_on");
    assert_eq!(outcome("python", "pool_abort"), "hangs");
    assert_eq!(outcome("python", "pool_exception"), "goes_on");
    assert_eq!(outcome("python", "executor_abort"), "broken");
    assert_eq!(outcome("python", "threads_exception"), "goes_on");
    assert_eq!(outcome("python", "threads_abort"), "all_die");
}

fn main() -> ExitCode {
    if !env::args().any(|argument| argument == "--list") {
        tests::build();
    }
    testing::tests![
        every_chapter_has_a_counterpart,
        every_counterpart_runs_to_its_end,
        the_three_processes_print_the_same_lines,
        the_queue_delivers_the_same_line,
        the_pool_gives_the_same_results,
        every_question_is_answered_by_rust_and_by_python,
    ]
}
