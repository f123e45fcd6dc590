//! What each program of the chapter prints, in both languages, and how it fails.

#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::process::{Command, ExitCode};

use testing::{
    Run, command, numbers, run, run_command, run_with_closed_stdout, with_few_descriptors,
    without_fork, without_proc,
};

const CAVEATS: &str = env!("CARGO_BIN_EXE_caveats");
const COST: &str = env!("CARGO_BIN_EXE_caveats-cost");
const DEAD_WORKER: &str = env!("CARGO_BIN_EXE_caveats-dead-worker");
const FORK_THREADS: &str = env!("CARGO_BIN_EXE_caveats-fork-threads");
const GIL: &str = env!("CARGO_BIN_EXE_caveats-gil");
const JOIN: &str = env!("CARGO_BIN_EXE_caveats-join-before-drain");
const LOCK_OWNER: &str = env!("CARGO_BIN_EXE_caveats-lock-owner");
const LOST: &str = env!("CARGO_BIN_EXE_caveats-lost-updates");
const VALUE: &str = env!("CARGO_BIN_EXE_caveats-value");

const ALL: [&str; 9] =
    [CAVEATS, COST, DEAD_WORKER, FORK_THREADS, GIL, JOIN, LOCK_OWNER, LOST, VALUE];

/// A successful run in English and one in Japanese.
fn both(program: &str) -> [Run; 2] {
    let runs = ["en", "ja"].map(|language| run(program, &["--lang", language]).succeeded());
    let japanese = |run: &Run| run.stdout.chars().any(|letter| ('ぁ'..='ヺ').contains(&letter));
    assert!(!japanese(&runs[0]) && (japanese(&runs[1]) || program == VALUE), "{runs:#?}");
    runs
}

fn the_three_caveats_are_shown() {
    for (run, headings) in both(CAVEATS).into_iter().zip([
        ["1. The GIL", "2. Overhead", "3. Sharing data"],
        ["1. GIL", "2. オーバーヘッド", "3. データ共有"],
    ]) {
        let lines = run.lines();
        let found: Vec<&str> =
            lines.iter().copied().filter(|line| !line.starts_with([' ', '('])).collect();
        assert_eq!(found, headings);
        let shared = lines.iter().find(|line| line.contains("200000")).unwrap();
        let (lost, arrived) = {
            let found: Vec<u64> = numbers(shared).into_iter().filter(|&n| n != 2).collect();
            (found[1], found[2])
        };
        assert_eq!(arrived, 200_000, "{shared}");
        assert!(lost < 200_000, "{shared}");
        assert_eq!(lost == 0, run.stdout.contains("luck") || run.stdout.contains("運がよかった"));
    }
}

fn the_model_and_the_real_lock_are_shown() {
    let [english, japanese] = both(GIL);
    assert!(english.stdout.contains("threads under one lock"), "{english:#?}");
    assert!(japanese.stdout.contains("1個のロックを取り合うスレッド"), "{japanese:#?}");
    for run in [english, japanese] {
        let python = Command::new("python3").arg("--version").output().is_ok();
        let said = run.lines().iter().any(|line| line.starts_with("Python "));
        assert_eq!(said, python, "{run:#?}");
    }
}

fn without_python3_the_real_lock_is_named_as_absent() {
    for (language, absent) in
        [("en", "python3 is not on this machine"), ("ja", "python3がないので")]
    {
        let mut bare = command(GIL, &["--lang", language]);
        bare.env("PATH", "/nowhere");
        let run = run_command(bare).succeeded();
        assert!(run.stdout.contains(absent), "{run:#?}");
    }
}

fn a_python3_that_fails_is_told() {
    let folder = std::env::temp_dir().join(format!("caveats-python-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink("/bin/false", folder.join("python3")).unwrap();
    let mut broken = command(GIL, &["--lang", "en"]);
    broken.env("PATH", &folder);
    let run = run_command(broken);
    std::fs::remove_dir_all(&folder).unwrap();
    run.failed(1, "python3 failed");
}

fn the_cost_of_a_process_and_a_thread_is_shown() {
    for run in both(COST) {
        let rows: Vec<u64> = run
            .lines()
            .iter()
            .filter(|line| line.starts_with("  "))
            .map(|line| numbers(line)[0])
            .collect();
        let [thread, fork, exec, thread_memory, fork_memory, exec_memory] = rows[..] else {
            panic!("{run:#?}");
        };
        // How these compare, the library's tests say; a busy machine may turn one run upside down.
        assert!(thread > 0 && fork > 0 && exec > 0, "{run:#?}");
        assert!(thread_memory < fork_memory && thread_memory < exec_memory, "{run:#?}");
    }
}

fn updates_are_lost_only_in_two_steps() {
    for run in both(LOST) {
        let rows: Vec<(u64, u64)> = run
            .lines()
            .iter()
            .filter(|line| line.contains("arrived") || line.contains("反映"))
            .map(|line| {
                let numbers = numbers(line.rsplit(": ").next().unwrap());
                (numbers[0], numbers[1])
            })
            .collect();
        assert_eq!(rows[1..], [(200_000, 0), (200_000, 0)], "{run:#?}");
        assert_eq!(rows[0].0 + rows[0].1, 200_000, "{run:#?}");
        let luck = run.stdout.contains("luck") || run.stdout.contains("運がよかった");
        assert_eq!(rows[0].1 == 0, luck, "{run:#?}");
    }
}

fn a_single_increment_can_be_asked_for() {
    let run = run(LOST, &["--increments", "1", "--lang", "en"]).succeeded();
    assert_eq!(run.lines()[0], "two processes add 1, 1 times each: 2 updates");
    assert!(run.stdout.contains("fetch_add, one step: 2 arrived, 0 lost"), "{run:#?}");
}

fn three_children_fill_an_array_and_a_value() {
    for (run, value) in both(VALUE).into_iter().zip(["value: 506", "値: 506"]) {
        assert_eq!(numbers(run.lines()[0]), [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121]);
        assert_eq!(run.lines()[1], value);
    }
}

fn a_fork_beside_a_thread_is_refused_and_exec_works() {
    for (run, refusal) in both(FORK_THREADS)
        .into_iter()
        .zip(["this process has 2 threads", "このプロセスには2個のスレッドがあり"])
    {
        let lines = run.lines();
        assert_eq!(lines.len(), 3, "{run:#?}");
        assert!(lines[0].contains(refusal) && lines[0].contains("StartMethod::Exec"), "{run:#?}");
        assert!(lines[1].ends_with("3 × 3 = 9") && lines[2].ends_with("3 × 3 = 9"), "{run:#?}");
    }
}

fn a_killed_worker_costs_one_item() {
    for run in both(DEAD_WORKER) {
        let lines = run.lines();
        for n in [0, 1, 2, 4, 5_usize] {
            assert_eq!(lines[n], format!("{n} → {}", n * n));
        }
        assert!(lines[3].starts_with("3 → ") && lines[3].contains("SIGKILL"), "{run:#?}");
        assert!(lines[6].ends_with("[36, 49, 64]"), "{run:#?}");
    }
}

fn one_worker_is_enough_to_lose_and_replace() {
    let run = run(DEAD_WORKER, &["--workers", "1"]).succeeded();
    assert!(run.lines()[6].ends_with("[36, 49, 64]"), "{run:#?}");
}

fn a_child_that_is_joined_too_early_ends_after_draining() {
    for run in both(JOIN) {
        assert_eq!(run.lines().len(), 2, "{run:#?}");
        assert!(numbers(run.lines()[1]).contains(&10_000_000), "{run:#?}");
    }
}

fn the_next_owner_of_a_lock_is_told_and_repairs() {
    for run in both(LOCK_OWNER) {
        let lines = run.lines();
        assert!(lines[0].contains("SIGKILL"), "{run:#?}");
        assert!(lines[1].contains("previous_owner_died: true"), "{run:#?}");
        assert!(lines[1].ends_with("[70, 0]"), "{run:#?}");
        assert!(lines[2].contains("previous_owner_died: false"), "{run:#?}");
        assert!(lines[2].ends_with("[100, 0]"), "{run:#?}");
    }
}

// Bad input, and what a machine may refuse.

fn bad_input_is_told_and_ends_with_code_2() {
    for program in ALL {
        run(program, &["--lang", "xx"]).failed(2, "en (English) and ja (Japanese)");
        run(program, &["--lang", "ja", "--nothing"]).failed(2, "そのようなオプションはありません");
        run(program, &["--lang", "en", "more"]).failed(2, "no such option");
    }
    for (program, option) in [
        (CAVEATS, "--workers"),
        (DEAD_WORKER, "--workers"),
        (LOST, "--increments"),
        (COST, "--rounds"),
    ] {
        for wrong in ["0", "-1", "many", "99999999999999999999"] {
            run(program, &["--lang", "en", option, wrong]).failed(2, "give a whole number from 1");
        }
        run(program, &["--lang", "ja", option, "0"]).failed(2, "整数を指定してください");
    }
}

fn help_names_every_option() {
    for program in ALL {
        let [english, japanese] =
            ["en", "ja"].map(|language| run(program, &["--lang", language, "--help"]).succeeded());
        assert!(english.stdout.contains("Options:") && japanese.stdout.contains("オプション:"));
    }
    assert!(run(LOST, &["--help"]).succeeded().stdout.contains("--increments N"));
}

fn a_closed_output_ends_it_quietly() {
    for program in ALL {
        for lines in [0, 1] {
            let run = run_with_closed_stdout(command(program, &[]), lines).succeeded();
            assert_eq!(run.lines().len(), lines);
        }
    }
}

fn assert_refused(change: impl Fn(&mut Command), english: &str, japanese: &str) {
    for program in ALL {
        for (language, sign, hint) in [("en", "error: ", english), ("ja", "エラー: ", japanese)]
        {
            let mut refused = command(program, &["--lang", language]);
            change(&mut refused);
            let told = run_command(refused).failed(1, hint);
            assert!(told.stderr.starts_with(sign) && told.stderr.lines().count() == 1, "{told:#?}");
        }
    }
}

fn a_refused_fork_is_told_with_what_to_do() {
    assert_refused(without_fork, "`ulimit -u`", "`ulimit -u`");
}

fn too_few_descriptors_are_told_with_what_to_do() {
    assert_refused(|command| with_few_descriptors(command, 4), "`ulimit -n`", "`ulimit -n`");
}

fn a_missing_proc_is_told_with_what_to_do() {
    if let Err(error) = without_proc(&mut command(VALUE, &[])) {
        eprintln!("NOT TESTED on this machine: it permits no mount namespace ({error})");
        return;
    }
    assert_refused(|command| without_proc(command).unwrap(), "/proc", "/proc");
}

fn main() -> ExitCode {
    testing::tests![
        the_three_caveats_are_shown,
        the_model_and_the_real_lock_are_shown,
        without_python3_the_real_lock_is_named_as_absent,
        a_python3_that_fails_is_told,
        the_cost_of_a_process_and_a_thread_is_shown,
        updates_are_lost_only_in_two_steps,
        a_single_increment_can_be_asked_for,
        three_children_fill_an_array_and_a_value,
        a_fork_beside_a_thread_is_refused_and_exec_works,
        a_killed_worker_costs_one_item,
        one_worker_is_enough_to_lose_and_replace,
        a_child_that_is_joined_too_early_ends_after_draining,
        the_next_owner_of_a_lock_is_told_and_repairs,
        bad_input_is_told_and_ends_with_code_2,
        help_names_every_option,
        a_closed_output_ends_it_quietly,
        a_refused_fork_is_told_with_what_to_do,
        too_few_descriptors_are_told_with_what_to_do,
        a_missing_proc_is_told_with_what_to_do,
    ]
}
