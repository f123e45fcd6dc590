//! What the chapter's program prints, in both languages, and how it fails.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::process::ExitCode;

use comparison::record::{Language, Question, Record, Series, reference};
use comparison::{COSTS, ISOLATIONS, ROWS, Row};
use serde_json::Value;
use testing::{
    Run, command, run, run_command, run_with_closed_stdout, with_few_descriptors, without_fork,
    without_proc,
};
use unicode_width::UnicodeWidthStr;

const COMPARISON: &str = env!("CARGO_BIN_EXE_comparison");

fn short(language: &str) -> Run {
    run(COMPARISON, &["--now", "--lang", language, "--rounds", "3"])
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
    assert_eq!((lines[7], lines[15]), ("", ""), "{run:#?}");
    let names = ISOLATIONS.iter().map(|it| it.label).chain(COSTS.iter().map(|it| it.label));
    for (label, line) in names.zip(&lines[10..]) {
        assert!(line.starts_with(label[language]), "{line}");
    }
    // What was made to happen has one outcome, whatever the machine.
    for line in &lines[10..13] {
        assert!(line.ends_with(processes), "{line}");
    }
}

fn the_five_rows_are_in_line_in_english() {
    let run = short("en").succeeded();
    check_table(&run, 0, &["no difference", "too noisy", "processes, ", "threads, "]);
    assert!(run.stdout.contains("Medians of 3 rounds"), "{run:#?}");
    assert!(run.stdout.contains("many light tasks\""), "{run:#?}");
    assert!(!run.stdout.contains('\x1b'), "coloured, and nobody looks: {run:#?}");
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
    check_table(&run, 1, &["差なし", "判定不能", "プロセス、", "スレッド、"]);
    assert!(run.stdout.contains("いま交互に3回計測した中央値です"), "{run:#?}");
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

fn samples(way: &Value) -> Vec<f64> {
    way["samples"].as_array().unwrap().iter().map(|sample| sample.as_f64().unwrap()).collect()
}

/// The rule, written a second time, from the figures alone.
fn expected_verdict(row: &Value) -> &'static str {
    let (processes, threads) = (quartiles(&row["processes"]), quartiles(&row["threads"]));
    let fewer = processes[1] < threads[1];
    let (low, high) = if fewer { (processes, threads) } else { (threads, processes) };
    let of = |name: &str| samples(&row[name]);
    let (lower, higher) =
        if fewer { (of("processes"), of("threads")) } else { (of("threads"), of("processes")) };
    let pairs = lower.iter().flat_map(|a| higher.iter().map(move |b| a < b));
    let agree = pairs.filter(|agrees| *agrees).count() as f64 / 9.0;
    let clear = high[1] / low[1] >= 1.10;
    if clear && low[2] < high[0] && agree >= 0.9 {
        let lower_is_better = row["better"] == "lower";
        return if fewer == lower_is_better { "processes" } else { "threads" };
    }
    let room = low[2].max(high[2]) / low[0].min(high[0]);
    if !clear && room < 1.25 { "no_difference" } else { "too_noisy" }
}

fn the_verdicts_in_json_follow_from_the_figures() {
    let arguments = ["--now", "--json", "--rounds", "3", "--lang", "ja"];
    let run = run(COMPARISON, &arguments).succeeded();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["schema_version"], 2);
    assert_eq!((&report["rounds"], &report["recorded"]), (&3.into(), &Value::Null));
    assert!(report["machine"]["cores"].as_u64().unwrap() >= 1);
    assert!(report["machine"]["kernel"].as_str().unwrap().contains('.'));
    assert!(!report["machine"]["profile"].as_str().unwrap().is_empty());
    let list = |name: &str| report[name].as_array().unwrap().clone();
    let rows = [list("rows"), list("costs")].concat();
    assert_eq!(rows.len(), 7);
    for (row, known) in rows.iter().zip(ROWS.iter().chain(&COSTS)) {
        assert_eq!((&row["id"], &row["label"]), (&known.id.into(), &known.label[1].into()));
        assert_eq!(row["better"] == "higher", row["unit"] == "times", "{row}");
        assert_eq!(row["verdict"]["outcome"], expected_verdict(row), "{row}");
        let [processes, threads] = ["processes", "threads"].map(|way| quartiles(&row[way])[1]);
        if let Some(told) = row["verdict"]["factor"].as_f64() {
            let factor = (processes / threads).max(threads / processes);
            assert!((told / factor - 1.0).abs() < 1e-9, "{row}");
        }
    }
    let advice: Vec<&str> = rows[..5].iter().map(|row| row["python"].as_str().unwrap()).collect();
    assert_eq!(advice, ["processes", "threads", "processes", "threads", "threads"]);
    assert_eq!(rows[4]["others"].as_array().unwrap().len(), 1);
    for isolation in list("isolation") {
        assert_eq!(isolation["isolated"], "processes", "{isolation}");
    }
}

fn one_row_is_explained_with_every_round_and_each_step_of_the_rule() {
    let explain = |arguments: &[&str]| run(COMPARISON, arguments).succeeded();
    let light = explain(&["--now", "--rounds", "4", "--explain", "light_tasks", "--lang", "en"]);
    let rounds = light.stdout.lines().filter(|line| line.starts_with("  rounds: "));
    for line in rounds.inspect(|line| assert_eq!(line.split("  ").count(), 5, "{line}")) {
        assert!(line.width() <= 80, "{line}");
    }
    for step in ["1. medians", "2. middle halves", "3. pairs", "Rust: "] {
        assert!(light.stdout.contains(step), "{step}: {light:#?}");
    }
    let crash = explain(&["--explain", "crash", "--lang", "ja"]);
    assert_eq!(crash.stdout.matches("SIGABRT").count(), 2, "{crash:#?}");
    run(COMPARISON, &["--explain", "light"]).failed(1, "light_tasks, data_sharing");
}

fn with_a_record(record: &Record, arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("measure.json");
    record.save(&file).unwrap();
    run(COMPARISON, &[&["--record", file.to_str().unwrap()], arguments].concat())
}

/// A text wherever its lines are broken.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

fn a_record_s_figures_are_shown_with_python_s_above_them() {
    let record = Record::load(&reference()).unwrap();
    for language in ["en", "ja"] {
        let run = with_a_record(&record, &["--lang", language]).succeeded();
        let lines = run.lines();
        assert!(lines.iter().all(|line| line.width() <= 80), "{run:#?}");
        for part in [record.day(), plain(&record.machine.cpu)] {
            assert!(plain(&run.stdout).contains(&part), "{part}: {run:#?}");
        }
        for lines in lines[2..12].chunks(2) {
            let in_line =
                ["Python", "Rust"].iter().zip(lines).map(|(it, line)| columns(line, &[it]));
            let columns: Vec<_> = in_line.collect();
            assert_eq!(columns[0], columns[1], "{lines:#?}");
        }
    }
    let report = with_a_record(&record, &["--json"]).succeeded();
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    assert_eq!(report["recorded"], record.day().as_str());
    let light = &report["rows"][3]["in_python"];
    let of_python = |series: &&Series| series.language == Language::Python;
    let series = record.of(Question::TaskLength).find(of_python).unwrap();
    assert_eq!(light["processes"]["samples"], serde_json::json!(series.points[0].samples));
}

fn a_record_without_python_shows_rust_alone_and_says_why() {
    let mut record = Record::load(&reference()).unwrap();
    record.series.retain(|series| series.language == Language::Rust);
    record.machine.python = None;
    let run = with_a_record(&record, &["--lang", "en"]).succeeded();
    assert!(plain(&run.stdout).contains("nopython3"), "{run:#?}");
    assert!(run.lines()[2..7].iter().all(|line| line.contains("  Rust  ")), "{run:#?}");
}

fn what_is_no_record_is_told() {
    run(COMPARISON, &["--record", "/dev/null"]).failed(1, "delete it, and measure again");
    run(COMPARISON, &["--record", "/no/such"]).failed(1, "measure first");
}

fn bad_input_is_told_and_ends_with_code_2() {
    run(COMPARISON, &["--rounds", "0"]).failed(2, "give a whole number from 3");
    run(COMPARISON, &["--lang", "ja", "--rounds", "0"]).failed(2, "3から");
    run(COMPARISON, &["--lang", "xx"]).failed(2, "en (English) and ja (Japanese)");
    run(COMPARISON, &["--nothing"]).failed(2, "--help");
}

fn a_reader_who_leaves_ends_it_quietly() {
    let closed = run_with_closed_stdout(command(COMPARISON, &["--now", "--rounds", "3"]), 0);
    assert_eq!(closed.succeeded().stdout, "");
    let first =
        run_with_closed_stdout(command(COMPARISON, &["--now", "--rounds", "3"]), 1).succeeded();
    assert!(first.stdout.starts_with("situation "), "{first:#?}");
    let json = command(COMPARISON, &["--now", "--rounds", "3", "--json"]);
    assert_eq!(run_with_closed_stdout(json, 1).succeeded().stdout, "{\n");
}

fn what_the_system_refuses_is_told_and_leaves_nothing() {
    let mut refused = command(COMPARISON, &["--now"]);
    without_fork(&mut refused);
    run_command(refused).failed(1, "ulimit -u");
    let mut few = command(COMPARISON, &["--now", "--lang", "ja"]);
    with_few_descriptors(&mut few, 12);
    run_command(few).failed(1, "ulimit -n");
    let mut no_proc = command(COMPARISON, &["--now"]);
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
        one_row_is_explained_with_every_round_and_each_step_of_the_rule,
        a_record_s_figures_are_shown_with_python_s_above_them,
        a_record_without_python_shows_rust_alone_and_says_why,
        what_is_no_record_is_told,
        bad_input_is_told_and_ends_with_code_2,
        a_reader_who_leaves_ends_it_quietly,
        what_the_system_refuses_is_told_and_leaves_nothing,
    ]
}
