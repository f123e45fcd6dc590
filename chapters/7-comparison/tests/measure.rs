//! The program that measures: what it keeps when something is missing, refused or stopped.
//!
//! Without `python3`, which the tests must not need: that it is there and is measured, `tests/tests/python.rs` shows.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use comparison::Kind;
use comparison::record::{Language, Outcome, Question, Record, Why};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use testing::{Run, command, run_command, without_pidfd};
use unicode_width::UnicodeWidthStr;

const MEASURE: &str = env!("CARGO_BIN_EXE_comparison-measure");

/// A short run without Python, that saves in `folder`.
fn short(folder: &Path, only: &str, more: &[&str]) -> Command {
    let output = folder.join("measure.json");
    let arguments = ["--quick", "--only", only, "--output", output.to_str().unwrap()];
    let mut short = command(MEASURE, &[&arguments, more].concat());
    short.env("PATH", "/nonexistent").env("TMPDIR", folder);
    short
}

fn saved(folder: &Path) -> Record {
    Record::load(&folder.join("measure.json")).unwrap()
}

/// This run, if it ended well; without Python it has said so.
fn well(run: Run, warning: &str) -> Run {
    assert!(run.code == Some(0) && run.stderr.contains(warning), "{run:#?}");
    for line in run.stdout.lines().chain(run.stderr.lines()) {
        // A path has no place where it could be broken.
        assert!(line.width() <= 80 || line.contains("/tmp"), "too wide: {line}");
    }
    assert!(!run.stdout.contains('\x1b') && !run.stderr.contains('\x1b'), "colour: {run:#?}");
    run
}

fn questions_are_answered_and_added_to_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let run = well(run_command(short(folder.path(), "lock,crash", &[])), "no python3 on the PATH");
    assert!(run.stdout.contains("the price of a lock"), "{run:#?}");
    let first = saved(folder.path());
    assert!(first.quick && first.machine.python.is_none());
    let asked: Vec<Question> = first.asked.iter().map(|asked| asked.question).collect();
    assert_eq!(asked, [Question::Lock, Question::Crash]);
    for (kind, way) in [(Kind::Processes, "value"), (Kind::Threads, "mutex")] {
        let series = first.series(Question::Lock, Language::Rust, kind, way);
        let points = &series.unwrap().points;
        assert!(points.len() >= 2 && points.iter().all(|point| point.samples.len() >= 3));
        assert!(points.iter().all(|point| point.spread().median > 0.0), "{points:?}");
    }
    let why = |record: &Record, question| {
        let mut gaps = record.not_measured.iter();
        gaps.find(|gap| gap.question == Some(question)).map(|gap| gap.why.clone())
    };
    assert_eq!(why(&first, Question::Lock), Some(Why::NoPython));
    assert_eq!(why(&first, Question::Start), Some(Why::NotAskedFor));

    let again = run_command(short(folder.path(), "memory", &["--lang", "ja"]));
    well(again, "PATHにpython3がない");
    let both = saved(folder.path());
    assert_eq!(both.survival, first.survival);
    assert_eq!(
        both.series(Question::Lock, Language::Rust, Kind::Threads, "mutex"),
        first.series(Question::Lock, Language::Rust, Kind::Threads, "mutex")
    );
    assert!(
        both.of(Question::Memory).count() >= 3
            && why(&both, Question::Memory) == Some(Why::NoPython)
    );
}

fn a_crash_costs_a_pool_its_task_and_threads_that_abort_everything() {
    let folder = tempfile::tempdir().unwrap();
    well(run_command(short(folder.path(), "crash", &[])), "");
    let survived: Vec<(String, u32, Outcome)> = saved(folder.path())
        .survival
        .into_iter()
        .map(|it| (it.way, it.arrived, it.outcome))
        .collect();
    let expected = [
        ("pool_abort", 8, Outcome::GoesOn),
        ("pool_panic", 8, Outcome::GoesOn),
        ("threads_panic", 8, Outcome::GoesOn),
        ("threads_abort", 0, Outcome::AllDie),
    ];
    assert_eq!(
        survived,
        expected.map(|(way, arrived, outcome)| (way.to_owned(), arrived, outcome))
    );
}

fn a_search_finds_where_a_pool_pays_or_says_that_it_does_not() {
    let folder = tempfile::tempdir().unwrap();
    well(run_command(short(folder.path(), "task-length", &[])), "");
    let record = saved(folder.path());
    let kinds: Vec<Kind> = record.break_even.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [Kind::Processes, Kind::Threads]);
    for found in &record.break_even {
        // Noise may hide everything; if not, one end of the bracket there is, and they are in order.
        let (not, pays) = (found.pays_not_at, found.pays_at);
        assert!(not.or(pays).is_some() || !record.quiet(), "{found:?}");
        assert!(not.zip(pays).is_none_or(|(not, pays)| not < pays), "{found:?}");
    }
}

fn what_is_stopped_keeps_what_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let mut measure = short(folder.path(), "memory,waits", &[]);
    let mut child = measure.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The first question is done, the second has begun, or is about to.
    lines.find(|line| line.as_ref().unwrap().starts_with("memory of a worker")).unwrap().unwrap();
    kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).unwrap();
    lines.for_each(drop);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let record = saved(folder.path());
    assert!(record.of(Question::Memory).count() > 0);
    let stopped = record.not_measured.iter().find(|gap| gap.why == Why::Stopped).unwrap();
    assert_eq!(stopped.question, Some(Question::Waits));
}

fn a_full_disk_is_told_and_the_figures_are_kept_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut full = command(MEASURE, &["--quick", "--only", "memory", "--output", "/dev/full"]);
    full.env("PATH", "/nonexistent").env("TMPDIR", folder.path());
    let run = run_command(full).failed(1, "the figures cannot be saved: /dev/full");
    let kept =
        fs::read_dir(folder.path()).unwrap().next().expect("nothing is kept").unwrap().path();
    assert!(run.stderr.contains(kept.file_name().unwrap().to_str().unwrap()), "{run:#?}");
    assert!(Record::load(&kept).unwrap().of(Question::Memory).count() > 0);

    let mut nowhere = command(MEASURE, &["--quick", "--only", "memory", "--output", "/dev/full"]);
    nowhere.env("PATH", "/nonexistent").env("TMPDIR", "/dev/null");
    run_command(nowhere).failed(1, "make room and measure again");
}

fn one_core_is_said_to_be_too_little_to_be_quicker() {
    let ours = sched_getaffinity(Pid::from_raw(0)).unwrap();
    let mut one = CpuSet::new();
    let first = (0..CpuSet::count()).find(|&core| ours.is_set(core).unwrap()).unwrap();
    one.set(first).unwrap();
    // What a process starts may use the cores that it may use itself.
    sched_setaffinity(Pid::from_raw(0), &one).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = run_command(short(folder.path(), "memory", &[]));
    sched_setaffinity(Pid::from_raw(0), &ours).unwrap();
    well(run, "only one core may be used here");
    assert_eq!(saved(folder.path()).machine.cores, 1);
}

fn without_pidfds_threads_are_measured_and_processes_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut old = short(folder.path(), "lock,crash", &[]);
    without_pidfd(&mut old);
    let run = run_command(old).failed(1, "not everything could be measured");
    assert!(run.stderr.contains("this needs Linux 5.9 or later"), "{run:#?}");
    let record = saved(folder.path());
    let kinds: Vec<Kind> = record.of(Question::Lock).map(|series| series.kind).collect();
    assert_eq!(kinds, [Kind::Threads, Kind::Threads]);
    assert!(record.not_measured.iter().any(|gap| matches!(gap.why, Why::Failed(_))));
}

fn bad_input_is_told() {
    run_command(command(MEASURE, &["--only", "nothing"])).failed(1, "task-length, speed-up");
    run_command(command(MEASURE, &["--only", "nothing", "--lang", "ja"]))
        .failed(1, "そのような項目は");
    run_command(command(MEASURE, &["--slow"])).failed(2, "--help");
}

fn main() -> ExitCode {
    testing::tests![
        questions_are_answered_and_added_to_what_is_there,
        a_crash_costs_a_pool_its_task_and_threads_that_abort_everything,
        a_search_finds_where_a_pool_pays_or_says_that_it_does_not,
        what_is_stopped_keeps_what_was_measured,
        a_full_disk_is_told_and_the_figures_are_kept_elsewhere,
        one_core_is_said_to_be_too_little_to_be_quicker,
        without_pidfds_threads_are_measured_and_processes_named,
        bad_input_is_told,
    ]
}
