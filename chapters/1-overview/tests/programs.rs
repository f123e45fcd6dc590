//! What the chapter's program prints, in both languages, and how it fails.

#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::process::{Command, ExitCode};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use testing::{
    Run, command, numbers, run, run_command, run_with_closed_stdout, with_few_descriptors,
    without_fork, without_proc,
};

const OVERVIEW: &str = env!("CARGO_BIN_EXE_overview");

fn headings(run: &Run) -> Vec<&str> {
    run.lines().into_iter().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect()
}

fn the_four_claims_are_shown_in_english() {
    let run = run(OVERVIEW, &["--lang", "en"]).succeeded();
    let headings = headings(&run);
    assert_eq!(headings.len(), 4, "{run:#?}");
    assert_eq!(headings[0], "1. Each process has memory of its own");
    assert_eq!(run.lines()[1], "   the child found 7, wrote 42; its parent still sees 7");
    assert!(run.stdout.contains("\n(profile "));
}

fn the_four_claims_are_shown_in_japanese() {
    let run = run(OVERVIEW, &["--lang", "ja"]).succeeded();
    let headings = headings(&run);
    assert_eq!(headings.len(), 4, "{run:#?}");
    assert_eq!(headings[0], "1. メモリはプロセスごとに独立している");
    assert_eq!(numbers(run.lines()[1]), [7, 42, 7]);
    assert!(run.stdout.contains("(プロファイル: "));
    assert!(!run.stdout.contains("process"), "{run:#?}");
}

fn one_claim_alone_is_shown() {
    let run = run(OVERVIEW, &["--lang", "en", "--claim", "4"]).succeeded();
    assert_eq!(headings(&run), ["4. A process costs more to start than a thread"]);
}

fn on_one_core_it_says_that_they_took_turns() {
    // Affinity is inherited: what this process may use, the program may use.
    let this = Pid::from_raw(0);
    let all = sched_getaffinity(this).unwrap();
    let first = (0..CpuSet::count()).find(|&core| all.is_set(core).unwrap()).unwrap();
    let mut one = CpuSet::new();
    one.set(first).unwrap();
    sched_setaffinity(this, &one).unwrap();
    let run = run(OVERVIEW, &[]);
    sched_setaffinity(this, &all).unwrap();
    let run = run.succeeded();
    assert_eq!(run.stdout.matches("took turns").count(), 2, "{run:#?}");
    assert!(!run.stdout.contains("does not hold in Rust"), "nothing showed that: {run:#?}");
    assert!(run.stdout.contains("cores usable: 1"), "{run:#?}");
}

fn bad_input_is_told_and_ends_with_code_2() {
    run(OVERVIEW, &["--lang", "xx"]).failed(2, "en (English) and ja (Japanese)");
    run(OVERVIEW, &["--claim", "5"]).failed(2, "--claim");
    run(OVERVIEW, &["--workers", "0"]).failed(2, "--workers");
    run(OVERVIEW, &["--lang", "ja", "--nothing"]).failed(2, "そのようなオプションはありません");
}

fn a_closed_output_ends_it_quietly() {
    for lines in [0, 1, 3] {
        let run = run_with_closed_stdout(command(OVERVIEW, &[]), lines).succeeded();
        assert_eq!(run.lines().len(), lines);
    }
}

fn assert_refused(change: impl Fn(&mut Command), hint: &str) {
    for (language, sign) in [("en", "error: "), ("ja", "エラー: ")] {
        let mut refused = command(OVERVIEW, &["--lang", language]);
        change(&mut refused);
        let told = run_command(refused).failed(1, hint);
        assert!(told.stderr.starts_with(sign) && told.stderr.lines().count() == 1, "{told:#?}");
    }
}

fn what_the_machine_refuses_is_told_with_what_to_do() {
    assert_refused(without_fork, "`ulimit -u`");
    assert_refused(|command| with_few_descriptors(command, 4), "`ulimit -n`");
    if let Err(error) = without_proc(&mut command(OVERVIEW, &[])) {
        eprintln!("NOT TESTED on this machine: it permits no mount namespace ({error})");
        return;
    }
    assert_refused(|command| without_proc(command).unwrap(), "mount -t proc proc /proc");
}

fn main() -> ExitCode {
    testing::tests![
        the_four_claims_are_shown_in_english,
        the_four_claims_are_shown_in_japanese,
        one_claim_alone_is_shown,
        on_one_core_it_says_that_they_took_turns,
        bad_input_is_told_and_ends_with_code_2,
        a_closed_output_ends_it_quietly,
        what_the_machine_refuses_is_told_with_what_to_do,
    ]
}
