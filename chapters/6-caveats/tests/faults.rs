//! Every fault of the catalogue happens, each in a process of its own under a deadline, and every promise holds; and what
//! watches over the faults sees when one does not.

#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::time::Duration;

use caveats::faults::stage::{act, watch};
use caveats::faults::table::{row, wrap};
use caveats::faults::{FAULTS, Verdict, find, python};
use nix::unistd::pause;
use process::Process;
use queue::pipe;
use testing::{command, run, run_command, run_with_closed_stdout};
use unicode_width::UnicodeWidthStr;

const PROGRAM: &str = env!("CARGO_BIN_EXE_caveats-faults");

fn goes_on(name: &str) {
    let run = run(PROGRAM, &[name, "--lang", "en"]).succeeded();
    assert!(run.lines().last().unwrap().starts_with("  as promised, in "), "{run:#?}");
}

/// `main` of these tests: one for each of the faults, named as the fault is, and the others.
macro_rules! main {
    (faults: $($fault:ident),+; others: $($other:ident),+ $(,)?) => {
        const TESTED: &[&str] = &[$(stringify!($fault)),+];
        $(fn $fault() {
            goes_on(&stringify!($fault).replace('_', "-"));
        })+
        fn main() -> ExitCode {
            testing::tests![$($fault),+, $($other),+]
        }
    };
}

fn every_fault_is_tested() {
    let names: Vec<_> = FAULTS.iter().map(|fault| fault.name.replace('-', "_")).collect();
    assert_eq!(TESTED, names);
}

fn endless() -> Verdict {
    loop {
        pause();
    }
}

const MOMENT: Duration = Duration::from_millis(200);
const ENOUGH: Duration = Duration::from_secs(10);

fn broken(verdict: Verdict, why: &str) {
    assert!(!verdict.kept && verdict.seen.contains(why), "{verdict:?}");
}

fn what_hangs_is_killed_and_told() {
    broken(watch("hangs", MOMENT, endless, ()).unwrap(), "hangs: killed after 0.2 s");
}

fn what_ends_its_process_is_told() {
    broken(watch("exits", ENOUGH, || -> Verdict { exit(3) }, ()).unwrap(), "exited with code 3");
    let panics = || -> Verdict { panic!("surprise") };
    broken(watch("panics", ENOUGH, panics, ()).unwrap(), "panicked: surprise");
}

fn an_orphan_is_told_and_killed() {
    let orphan = || {
        act(|_| {
            // Its middle ends at once, so nobody but the watcher inherits it.
            let start = || _ = Process::spawn(pause, ()).map(std::mem::forget);
            Process::spawn(start, ())?.join()?;
            Ok(String::new())
        })
    };
    broken(watch("orphan", ENOUGH, orphan, ()).unwrap(), "left behind");
}

fn a_zombie_is_told() {
    let zombie = || {
        act(|_| {
            std::mem::forget(Process::spawn(|| (), ())?);
            Ok(String::new())
        })
    };
    broken(watch("zombie", ENOUGH, zombie, ()).unwrap(), "ECHILD");
}

fn a_leaked_descriptor_is_told() {
    let leak = || {
        act(|_| {
            std::mem::forget(pipe::<u8>()?);
            Ok(String::new())
        })
    };
    broken(watch("leak", ENOUGH, leak, ()).unwrap(), "open_descriptors");
}

fn what_goes_well_is_told() {
    let well = || act(|_| Ok("fine".to_owned()));
    let verdict = watch("well", ENOUGH, well, ()).unwrap();
    assert!(verdict.kept && verdict.seen == "fine", "{verdict:?}");
}

fn a_fault_is_found_by_number_and_by_name() {
    assert_eq!(find("1"), Some(0));
    assert_eq!(find("44"), Some(43));
    assert_eq!(find("consumers-killed"), Some(43));
    for wrong in ["0", "45", "-1", "worker"] {
        assert_eq!(find(wrong), None, "{wrong}");
    }
}

fn the_list_stands_in_line_in_both_languages() {
    for language in ["en", "ja"] {
        let run = run(PROGRAM, &["--lang", language]).succeeded();
        let lines = run.lines();
        assert!(lines.iter().all(|line| line.width() <= 80), "{run:#?}");
        for fault in FAULTS {
            assert!(lines.iter().any(|line| line.contains(fault.name)), "{}: {run:#?}", fault.name);
        }
    }
}

fn text_is_broken_by_width_where_it_may_be() {
    assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(wrap("プロセスが、終わる。", 10), ["プロセス", "が、終わ", "る。"]);
    let cells = ["1".to_owned(), "ワーカーが死ぬ".to_owned(), "the pool goes on".to_owned()];
    assert_eq!(row(&cells, &[2, 8, 9]), ["1   ワーカー  the pool", "    が死ぬ    goes on"]);
}

fn a_fault_is_told_in_japanese_and_as_json() {
    let japanese = run(PROGRAM, &["8", "--lang", "ja"]).succeeded();
    assert!(japanese.stdout.contains("約束どおり"), "{japanese:#?}");
    let json = run(PROGRAM, &["8", "--json", "--lang", "en"]).succeeded();
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let fault = &json["faults"][0];
    assert_eq!(
        (fault["number"].as_u64(), fault["name"].as_str(), fault["ours"]["kept"].as_bool()),
        (Some(8), Some("lock-owner-killed"), Some(true)),
        "{json}"
    );
}

/// A shell has what it runs in the background ignore Ctrl-C.
fn who_was_started_deaf_to_ctrl_c_shows_its_faults_all_the_same() {
    for name in ["ctrl-c", "sigint-to-one"] {
        let script = r#"trap '' INT; exec "$0" "$@""#;
        let arguments = ["-c", script, PROGRAM, name, "--lang", "en"];
        let run = run_command(command("sh", &arguments)).succeeded();
        assert!(run.lines().last().unwrap().starts_with("  as promised, in "), "{run:#?}");
    }
}

/// The machine refuses what a fault needs: that is no kept promise.
fn a_fault_that_cannot_begin_is_an_error() {
    let mut few = command(PROGRAM, &["8", "--lang", "en"]);
    testing::with_few_descriptors(&mut few, 6);
    run_command(few).failed(1, "error: ");
}

fn bad_input_is_told() {
    let arguments = ["45", "nothing"];
    for wrong in arguments {
        run(PROGRAM, &[wrong, "--lang", "en"]).failed(1, "there is no such fault: give a number");
    }
    run(PROGRAM, &["1", "--all", "--lang", "ja"]).failed(1, "どちらか一方");
    run(PROGRAM, &["1", "2", "--lang", "en"]).failed(2, "no such option");
    let mut bare = command(PROGRAM, &["1", "--python", "--lang", "en"]);
    bare.env("PATH", "/nowhere");
    run_command(bare).failed(1, "python3 is not on this machine");
    run_with_closed_stdout(command(PROGRAM, &[]), 1).succeeded();
}

/// Where there is none, Python has no promise that could break. And no script is left over.
fn most_faults_have_a_counterpart() {
    let without = |&n: &usize| python::script(n).is_none();
    let without: Vec<_> = (0..FAULTS.len()).filter(without).map(|n| FAULTS[n].name).collect();
    assert_eq!(without, ["no-room", "no-processes", "interrupts", "stdin-closed"]);
    let scripts =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("python/faults")).unwrap();
    let python = |path: &PathBuf| path.extension().is_some_and(|it| it == "py");
    for script in scripts.map(|entry| entry.unwrap().path()).filter(python) {
        let name = script.file_stem().unwrap().to_str().unwrap();
        assert!(name == "say" || FAULTS.iter().any(|fault| fault.name == name), "{name}");
    }
}

/// What the book shows beside Python was recorded when the faults were these, and all went well.
fn the_recorded_table_is_of_these_faults() {
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/figures");
    let all = FAULTS.len();
    for (language, last) in [
        ("en", format!("as promised: {all} of {all}")),
        ("ja", format!("約束どおり: {all}件中{all}件")),
    ] {
        let table = fs::read_to_string(figures.join(format!("faults.{language}.txt"))).unwrap();
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[0].contains("Python 3.") && lines.contains(&last.as_str()), "{table}");
        assert!(lines.iter().all(|line| line.width() <= 80), "{table}");
        for number in 1..=all {
            let begins = format!("{number:>2}  ");
            assert!(lines.iter().any(|line| line.starts_with(&begins)), "{number}: {table}");
        }
    }
}

/// A wall clock that jumps cannot be tried: to set it needs the whole machine, and what it is asked through (the vDSO)
/// cannot be watched. But deadlines that never ask it cannot be wrong by it.
fn no_deadline_asks_the_wall_clock() {
    let asks = ["SystemTime", "CLOCK_REALTIME", "timedlock", "timedwait", "time(2)"];
    let chapters = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders: Vec<_> =
        ["2-process", "3-queue", "4-pool"].map(|chapter| chapters.join(chapter).join("src")).into();
    let (mut files, mut monotonic) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let asked = asks.iter().find(|&&it| text.contains(it));
            assert_eq!(asked, None, "{}", path.display());
            files += 1;
            monotonic += usize::from(text.contains("Instant"));
        }
    }
    assert!(files > 50 && monotonic > 0, "{files} files: the search is wrong");
}

main! {
    faults:
    worker_killed, task_exits, task_crashes, idle_killed, join_before_drain, consumer_killed, producer_killed,
    lock_owner_killed, fork_with_threads, not_coded, not_joined, ctrl_c, sigint_to_one, sibling_inherits,
    group_killed, parent_killed, left_pending, put_is_seen, initializer_fails, two_add, two_writers, child_panics,
    never_ends, endless_source, producers_gone, own_pool, puts_and_exits, no_room, read_only, no_descriptors,
    no_processes, stopped_worker, interrupts, garbage, huge_length, huge_item, closed_stdout,
    killed_while_starting, sigchld_ignored, stdin_closed, closes_everything, out_of_memory, every_task_kills,
    consumers_killed;
    others:
    every_fault_is_tested,
    what_hangs_is_killed_and_told,
    what_ends_its_process_is_told,
    an_orphan_is_told_and_killed,
    a_zombie_is_told,
    a_leaked_descriptor_is_told,
    what_goes_well_is_told,
    a_fault_is_found_by_number_and_by_name,
    the_list_stands_in_line_in_both_languages,
    text_is_broken_by_width_where_it_may_be,
    a_fault_is_told_in_japanese_and_as_json,
    who_was_started_deaf_to_ctrl_c_shows_its_faults_all_the_same,
    a_fault_that_cannot_begin_is_an_error,
    bad_input_is_told,
    most_faults_have_a_counterpart,
    no_deadline_asks_the_wall_clock,
    the_recorded_table_is_of_these_faults,
}
