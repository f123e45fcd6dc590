//! What the chapter's program prints, in both languages, and how it fails.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::process::ExitCode;

use comparison::{ROWS, Row};
use serde_json::Value;
use testing::{
    Run, command, run, run_command, run_with_closed_stdout, with_few_descriptors, without_fork,
    without_proc,
};
use unicode_width::UnicodeWidthStr;

const COMPARISON: &str = env!("CARGO_BIN_EXE_comparison");

fn short(language: &str) -> Run {
    run(COMPARISON, &["--lang", language, "--rounds", "3"])
}

/// The column at which each cell of a line begins, as a terminal shows it.
fn columns(line: &str, cells: &[&str]) -> Vec<usize> {
    cells.iter().map(|cell| line[..line.find(cell).unwrap()].width()).collect()
}

fn check_table(run: &Run, language: usize, verdicts: &[&str]) {
    let lines = run.lines();
    for line in &lines {
        assert!(line.width() <= 80, "too wide: {line}");
    }
    assert!(lines[1].chars().all(|character| character == '-'));
    let [processes, threads] = [["processes", "threads"], ["プロセス", "スレッド"]][language];
    let mut begins = Vec::new();
    for (row, line) in ROWS.iter().zip(&lines[2..]) {
        assert!(line.starts_with(row.label[language]), "{line}");
        let rest = &line[row.label[language].len()..];
        let advice = if row.python == comparison::Kind::Processes { processes } else { threads };
        assert!(rest.trim_start().starts_with(advice), "{line}");
        let verdict = verdicts.iter().find_map(|verdict| rest.rfind(verdict)).expect(line);
        let (before, advice) = (row.label[language].len() + verdict, columns(line, &[advice])[0]);
        begins.push((advice, line[..before].width()));
    }
    begins.dedup();
    assert_eq!(begins.len(), 1, "the columns are not in line: {begins:?} {run:#?}");
    assert_eq!(lines[7], "", "{run:#?}");
}

fn the_five_rows_are_in_line_in_english() {
    let run = short("en").succeeded();
    check_table(&run, 0, &["no difference", "processes, ", "threads, "]);
    assert!(run.stdout.contains("Medians of 3 rounds"), "{run:#?}");
    assert!(run.stdout.contains("many light tasks\""), "{run:#?}");
}

fn the_five_rows_are_in_line_in_japanese() {
    let run = short("ja").succeeded();
    let labels = ROWS.map(|Row { label, .. }| label[1]);
    assert_eq!(
        labels,
        [
            "計算集約型の処理",
            "I/O待ちが多い処理",
            "マルチコアを活用したい",
            "軽量なタスクを並列化",
            "データ共有が必要",
        ]
    );
    check_table(&run, 1, &["差なし", "プロセスが", "スレッドが"]);
    assert!(run.stdout.contains("交互に3回計測した中央値です"), "{run:#?}");
    assert!(!run.stdout.contains("processes"), "{run:#?}");
}

fn quartiles(way: &Value) -> [f64; 3] {
    let figure = |name: &str| way[name].as_f64().unwrap_or_else(|| panic!("{name}: {way}"));
    let quartiles = [figure("lower_quartile"), figure("median"), figure("upper_quartile")];
    assert!(quartiles.is_sorted() && quartiles[0] > 0.0, "{way}");
    let samples: Vec<f64> =
        way["samples"].as_array().unwrap().iter().map(|sample| sample.as_f64().unwrap()).collect();
    assert_eq!(samples.len(), 3);
    assert!(samples.contains(&quartiles[1]), "the median of three is one of them: {way}");
    quartiles
}

/// The rule, written a second time, from the figures alone.
fn expected_verdict(processes: [f64; 3], threads: [f64; 3], higher: bool) -> (&'static str, f64) {
    let factor = (processes[1] / threads[1]).max(threads[1] / processes[1]);
    let overlap = processes[0] <= threads[2] && threads[0] <= processes[2];
    if overlap || factor < 1.10 {
        return ("no_difference", 1.0);
    }
    if (processes[1] > threads[1]) == higher { ("processes", factor) } else { ("threads", factor) }
}

fn the_verdicts_in_json_follow_from_the_figures() {
    let run = run(COMPARISON, &["--json", "--rounds", "3", "--lang", "ja"]).succeeded();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["rounds"], 3);
    assert!(report["machine"]["cores"].as_u64().unwrap() >= 1);
    assert!(report["machine"]["kernel"].as_str().unwrap().contains('.'));
    assert!(!report["machine"]["profile"].as_str().unwrap().is_empty());
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    for (row, known) in rows.iter().zip(&ROWS) {
        assert_eq!((&row["id"], &row["label"]), (&known.id.into(), &known.label[1].into()));
        let (processes, threads) = (quartiles(&row["processes"]), quartiles(&row["threads"]));
        let higher = row["better"] == "higher";
        assert_eq!(higher, row["unit"] == "times", "{row}");
        let (outcome, factor) = expected_verdict(processes, threads, higher);
        assert_eq!(row["verdict"]["outcome"], outcome, "{row}");
        if outcome != "no_difference" {
            let told = row["verdict"]["factor"].as_f64().unwrap();
            assert!((told / factor - 1.0).abs() < 1e-9, "{row}");
        }
    }
    let advice: Vec<&str> = rows.iter().map(|row| row["python"].as_str().unwrap()).collect();
    assert_eq!(advice, ["processes", "threads", "processes", "threads", "threads"]);
    assert_eq!(rows[4]["others"].as_array().unwrap().len(), 1);
}

fn bad_input_is_told_and_ends_with_code_2() {
    run(COMPARISON, &["--rounds", "0"]).failed(2, "give a whole number from 3");
    run(COMPARISON, &["--lang", "ja", "--rounds", "0"]).failed(2, "3から");
    run(COMPARISON, &["--lang", "xx"]).failed(2, "en (English) and ja (Japanese)");
    run(COMPARISON, &["--nothing"]).failed(2, "--help");
}

fn a_reader_who_leaves_ends_it_quietly() {
    let closed = run_with_closed_stdout(command(COMPARISON, &["--rounds", "3"]), 0);
    assert_eq!(closed.succeeded().stdout, "");
    let first = run_with_closed_stdout(command(COMPARISON, &["--rounds", "3"]), 1).succeeded();
    assert!(first.stdout.starts_with("situation "), "{first:#?}");
    let json = command(COMPARISON, &["--rounds", "3", "--json"]);
    assert_eq!(run_with_closed_stdout(json, 1).succeeded().stdout, "{\n");
}

fn what_the_system_refuses_is_told_and_leaves_nothing() {
    let mut refused = command(COMPARISON, &[]);
    without_fork(&mut refused);
    run_command(refused).failed(1, "ulimit -u");
    let mut few = command(COMPARISON, &["--lang", "ja"]);
    with_few_descriptors(&mut few, 12);
    run_command(few).failed(1, "ulimit -n");
    let mut no_proc = command(COMPARISON, &[]);
    if let Err(error) = without_proc(&mut no_proc) {
        eprintln!("not tested without /proc: this machine permits no mount namespace: {error}");
        return;
    }
    run_command(no_proc).failed(1, "mount -t proc");
}

fn main() -> ExitCode {
    testing::tests![
        the_five_rows_are_in_line_in_english,
        the_five_rows_are_in_line_in_japanese,
        the_verdicts_in_json_follow_from_the_figures,
        bad_input_is_told_and_ends_with_code_2,
        a_reader_who_leaves_ends_it_quietly,
        what_the_system_refuses_is_told_and_leaves_nothing,
    ]
}
