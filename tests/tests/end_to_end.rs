//! All seven default programs: what they say, and what becomes of them when something is in their way.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, OpenOptions};
use std::process::{Command, ExitCode};

use regex::Regex;
use serde_json::Value;
use testing::{
    Run, command, run_command, run_with_closed_stdout, run_with_stdout, with_few_descriptors,
    without_fork, without_proc,
};
use tests::{PROGRAMS, Program, chapters};

fn with(program: &Program, more: &[&str]) -> Command {
    command(program.path(), &[program.arguments, more].concat())
}

// What they say.

fn every_chapter_is_in_the_list() {
    let folders: BTreeSet<String> = fs::read_dir(chapters())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    let known: BTreeSet<String> =
        PROGRAMS.iter().map(|program| program.folder.to_owned()).collect();
    assert_eq!(folders, known);
}

/// Each pattern has one line of its own.
fn assert_lines(run: &Run, patterns: &[&str]) {
    for pattern in patterns {
        let whole = Regex::new(&format!("^{pattern}$")).unwrap();
        let found = run.lines().into_iter().filter(|line| whole.is_match(line)).count();
        assert_eq!(found, 1, "lines like {pattern:?}: {run:#?}");
    }
}

fn has_kana(text: &str) -> bool {
    text.chars().any(|character| ('\u{3041}'..='\u{30ff}').contains(&character))
}

fn every_program_says_in_english_what_is_specified() {
    for program in &PROGRAMS {
        let run = run_command(with(program, &["--lang", "en"])).succeeded();
        assert_lines(&run, program.english);
        assert!(!has_kana(&run.stdout), "Japanese in English: {run:#?}");
    }
}

fn every_program_says_in_japanese_what_is_specified() {
    for program in &PROGRAMS {
        let run = run_command(with(program, &["--lang", "ja"])).succeeded();
        assert_lines(&run, program.japanese);
        assert!(has_kana(&run.stdout), "no Japanese: {run:#?}");
    }
}

fn every_process_of_chapter_2_has_a_pid_of_its_own() {
    let process = PROGRAMS.iter().find(|program| program.name == "process").unwrap();
    let run = run_command(with(process, &["--lang", "ja"])).succeeded();
    let line = Regex::new(r"(?m)^プロセス \d 実行中 \(PID: (\d+)\)$").unwrap();
    let mut pids: BTreeSet<u32> =
        line.captures_iter(&run.stdout).map(|found| found[1].parse().unwrap()).collect();
    pids.insert(run.pid);
    assert_eq!(pids.len(), 4, "{run:#?}");
}

// What is in their way.

fn a_reader_who_leaves_after_the_first_line_ends_them_quietly() {
    for program in &PROGRAMS {
        let run = run_with_closed_stdout(with(program, &[]), 1).succeeded();
        assert_eq!(run.lines().len(), 1, "{run:#?}");
        // The same in a shell, which is what a reader does.
        let script = "\"$0\" \"$@\" | head -1";
        let path = program.path();
        let arguments = ["-c", script, path.to_str().unwrap()];
        let piped = command("sh", &[&arguments, program.arguments].concat());
        let piped = run_command(piped).succeeded();
        assert_eq!(piped.lines().len(), 1, "{piped:#?}");
    }
}

fn output_that_nobody_reads_at_all_ends_them_quietly() {
    for program in &PROGRAMS {
        run_with_closed_stdout(with(program, &[]), 0).succeeded();
    }
}

fn a_full_disk_is_told() {
    for program in &PROGRAMS {
        for (language, hint) in
            [("en", "standard output cannot be written"), ("ja", "標準出力に書き込めません")]
        {
            let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            run_with_stdout(with(program, &["--lang", language]), full).failed(1, hint);
        }
    }
}

fn bad_options_are_told_and_nothing_is_run() {
    for program in &PROGRAMS {
        for (arguments, hint) in [
            (&["--lang", "xx"][..], "--lang xx: this book speaks en"),
            (&["--lang"], "--lang wants a value"),
            (&["--no-such-flag"], "--no-such-flag: there is no such option: see --help"),
            (&["--lang", "ja", "-x"], "-x: そのようなオプションはありません"),
        ] {
            let told = run_command(with(program, arguments)).failed(2, hint);
            assert_eq!(told.stdout, "");
        }
        let mut environment = with(program, &[]);
        environment.env("LESSON_LANG", "xx");
        let told = run_command(environment).failed(2, "LESSON_LANG=xx: this book speaks en");
        assert_eq!(told.stdout, "");
    }
}

/// The program is refused something: exit code 1, one message, which says in both languages what to do.
fn assert_refused(change: impl Fn(&mut Command), hint: &str) {
    for program in &PROGRAMS {
        for (language, sign) in [("en", "error: "), ("ja", "エラー: ")] {
            let mut refused = with(program, &["--lang", language]);
            change(&mut refused);
            let told = run_command(refused).failed(1, hint);
            assert!(told.stderr.starts_with(sign) && told.stderr.lines().count() == 1, "{told:#?}");
        }
    }
}

fn a_refused_fork_is_told_with_what_to_do() {
    assert_refused(without_fork, "ulimit -u");
}

fn too_few_descriptors_are_told_with_what_to_do() {
    assert_refused(|command| with_few_descriptors(command, 4), "ulimit -n");
}

fn a_missing_proc_is_told_with_what_to_do() {
    if let Err(error) = without_proc(&mut command("true", &[])) {
        eprintln!("NOT TESTED on this machine: it permits no mount namespace ({error})");
        return;
    }
    assert_refused(|command| without_proc(command).unwrap(), "mount -t proc proc /proc");
}

// The timeline.

fn a_timeline_has_the_events_of_parent_and_children() {
    let folder = tempfile::tempdir().unwrap();
    for program in &PROGRAMS {
        let path = folder.path().join(program.name);
        let mut recorded = with(program, &[]);
        recorded.env("LESSON_TIMELINE", &path);
        let run = run_command(recorded).succeeded();
        let text = fs::read_to_string(&path).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("["), "{}", program.name);
        let mut pids = BTreeSet::new();
        for line in lines {
            let event = line.strip_suffix(',').unwrap_or_else(|| panic!("no comma: {line}"));
            let event: Value =
                serde_json::from_str(event).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(event["ts"].as_u64().is_some_and(|time| time > 0), "{line}");
            pids.insert(event["pid"].as_u64().unwrap());
        }
        assert!(pids.len() >= 2, "{}: only {pids:?}", program.name);
        assert!(pids.contains(&run.pid.into()), "{}: {pids:?} {run:#?}", program.name);
    }
}

fn main() -> ExitCode {
    // Whoever only lists the tests wants an answer at once.
    if !env::args().any(|argument| argument == "--list") {
        tests::build();
    }
    testing::tests![
        every_chapter_is_in_the_list,
        every_program_says_in_english_what_is_specified,
        every_program_says_in_japanese_what_is_specified,
        every_process_of_chapter_2_has_a_pid_of_its_own,
        a_reader_who_leaves_after_the_first_line_ends_them_quietly,
        output_that_nobody_reads_at_all_ends_them_quietly,
        a_full_disk_is_told,
        bad_options_are_told_and_nothing_is_run,
        a_refused_fork_is_told_with_what_to_do,
        too_few_descriptors_are_told_with_what_to_do,
        a_missing_proc_is_told_with_what_to_do,
        a_timeline_has_the_events_of_parent_and_children,
    ]
}
