//! Each program of this chapter: its output in both languages, and what it says when it cannot go on.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::process::{Command, ExitCode};

use serde_json::Value;
use testing::{
    Run, command, numbers, run, run_command, run_with_closed_stdout, run_with_stdout,
    with_few_descriptors, without_fork, without_proc,
};

const PROCESS: &str = env!("CARGO_BIN_EXE_process");
const EXIT: &str = env!("CARGO_BIN_EXE_process-exit");
const SIGNALS: &str = env!("CARGO_BIN_EXE_process-signals");
const PANIC: &str = env!("CARGO_BIN_EXE_process-panic");
const EXEC: &str = env!("CARGO_BIN_EXE_process-exec");
const ZOMBIE: &str = env!("CARGO_BIN_EXE_process-zombie");
const TREE: &str = env!("CARGO_BIN_EXE_process-tree");
const FORK: &str = env!("CARGO_BIN_EXE_process-fork");
const DESCRIPTORS: &str = env!("CARGO_BIN_EXE_process-descriptors");
const PIPE_END: &str = env!("CARGO_BIN_EXE_process-pipe-end");
const ALL: [&str; 10] =
    [PROCESS, EXIT, SIGNALS, PANIC, EXEC, ZOMBIE, TREE, FORK, DESCRIPTORS, PIPE_END];

// Helpers.

fn in_language(program: &str, language: &str) -> Run {
    run(program, &["--lang", language])
}

/// The line with every pid in it, in the order of their first appearance, as `P0`, `P1` …
fn with_names(run: &Run, pids: &[u64]) -> Vec<String> {
    let mut lines: Vec<String> = run.stdout.lines().map(str::to_owned).collect();
    for (index, pid) in pids.iter().enumerate() {
        for line in &mut lines {
            *line = line.replace(&format!("PID: {pid}"), &format!("PID: P{index}"));
            *line = line.replace(&format!("PID {pid}"), &format!("PID P{index}"));
            *line = line.replace(&format!("PIDは{pid}"), &format!("PIDはP{index}"));
        }
    }
    lines
}

/// The number after a mark, in each line that has one.
fn after(run: &Run, mark: &str) -> Vec<u64> {
    let parts = run.stdout.lines().filter_map(|line| line.split_once(mark));
    parts.map(|(_, rest)| numbers(rest)[0]).collect()
}

fn assert_children(pids: &[u64], run: &Run) {
    let distinct: BTreeSet<u64> = pids.iter().copied().chain([run.pid.into()]).collect();
    assert_eq!(distinct.len(), pids.len() + 1, "pids are not distinct: {run:#?}");
}

// What they show.

fn process_shows_three_processes_and_their_ends() {
    for (language, running, ended) in [
        ("en", "Process N running (PID: ", "Process N (PID: PID) exited with code 0"),
        ("ja", "プロセス N 実行中 (PID: ", "プロセス N (PID: PID)は終了コード0で終了しました"),
    ] {
        let run = in_language(PROCESS, language).succeeded();
        let pids: Vec<u64> = (0..3)
            .map(|number| after(&run, &running.replace('N', &number.to_string())))
            .map(|found| if let [pid] = found[..] { pid } else { panic!("{found:?}: {run:#?}") })
            .collect();
        assert_children(&pids, &run);
        let expected: BTreeSet<String> = pids
            .iter()
            .enumerate()
            .flat_map(|(number, pid)| {
                let fill = |text: &str| {
                    text.replacen('N', &number.to_string(), 1)
                        .replace(": PID)", &format!(": {pid})"))
                };
                [format!("{}{pid})", fill(running)), fill(ended)]
            })
            .collect();
        let lines: BTreeSet<String> = run.stdout.lines().map(str::to_owned).collect();
        assert_eq!((lines, run.lines().len()), (expected, 6));
    }
}

fn exit_shows_four_ends() {
    let run = in_language(EXIT, "en").succeeded();
    assert_eq!(
        run.lines(),
        [
            "Return: exited with code 0 (Python's exitcode: 0)",
            "Exit: exited with code 3 (Python's exitcode: 3)",
            "Abort: was killed by signal 6 (SIGABRT) (Python's exitcode: -6)",
            "Kill: was killed by signal 9 (SIGKILL) (Python's exitcode: -9)",
        ]
    );
    let run = in_language(EXIT, "ja").succeeded();
    assert_eq!(
        run.lines(),
        [
            "Return: 終了コード0で終了しました(Pythonのexitcode: 0)",
            "Exit: 終了コード3で終了しました(Pythonのexitcode: 3)",
            "Abort: シグナル6(SIGABRT)で強制終了されました(Pythonのexitcode: -6)",
            "Kill: シグナル9(SIGKILL)で強制終了されました(Pythonのexitcode: -9)",
        ]
    );
}

fn signals_shows_terminate_and_kill() {
    for (language, expected) in [
        (
            "en",
            [
                "terminate: child (PID: P0) was killed by signal 15 (SIGTERM)",
                "terminate: child (PID: P1) has blocked SIGTERM and still runs after 200 ms",
                "kill: child (PID: P1) was killed by signal 9 (SIGKILL)",
            ],
        ),
        (
            "ja",
            [
                "terminate: 子プロセス(PID: P0)はシグナル15(SIGTERM)で強制終了されました",
                "terminate: 子プロセス(PID: P1)はSIGTERMをブロックしていて、200ミリ秒後も実行中です",
                "kill: 子プロセス(PID: P1)はシグナル9(SIGKILL)で強制終了されました",
            ],
        ),
    ] {
        let run = in_language(SIGNALS, language).succeeded();
        let pids = after(&run, "(PID: ");
        assert_children(&pids[..2], &run);
        assert_eq!(with_names(&run, &pids), expected);
    }
}

fn panic_shows_the_message_at_the_parent_and_the_others_go_on() {
    for (language, first, goes_on, last) in [
        (
            "en",
            "child 1 panicked: child 1 cannot go on (exit code 101)",
            ["child 0 goes on", "child 2 goes on"],
            ["child 0 returned 0", "child 2 returned 20"],
        ),
        (
            "ja",
            "子プロセス1がパニックしました: 子プロセス1は続行できません(終了コード101)",
            ["子プロセス0は続行します", "子プロセス2は続行します"],
            ["子プロセス0の戻り値は0", "子プロセス2の戻り値は20"],
        ),
    ] {
        let run = in_language(PANIC, language);
        assert_eq!(run.code, Some(0), "{run:#?}");
        let lines = run.lines();
        let place = |line: &str| lines.iter().position(|found| *found == line);
        assert_eq!((place(first), lines.len()), (Some(0), 5), "{run:#?}");
        for (goes_on, returned) in goes_on.into_iter().zip(last) {
            // Each child's line stands before what its parent says of it.
            assert!(place(goes_on).is_some() && place(goes_on) < place(returned), "{run:#?}");
        }
        assert!(place(last[0]) < place(last[1]), "{run:#?}");
        let message = if language == "en" { "cannot go on" } else { "続行できません" };
        assert_eq!(run.stderr.matches(message).count(), 1, "{run:#?}");
    }
}

fn exec_shows_what_each_child_sees() {
    for (language, expected, refusal) in [
        (
            "en",
            [
                "parent (PID: P0): the static is 42, main began in PID P0",
                "Fork: child (PID: P1): the static is 42, main began in PID P0",
                "Exec: child (PID: P2): the static is 0, main began in PID P2",
            ],
            "call process::register with it first in main",
        ),
        (
            "ja",
            [
                "親プロセス(PID: P0): staticの値は42、mainが始まったPIDはP0",
                "Fork: 子プロセス(PID: P1): staticの値は42、mainが始まったPIDはP0",
                "Exec: 子プロセス(PID: P2): staticの値は0、mainが始まったPIDはP2",
            ],
            "mainの最初でprocess::registerに渡してください",
        ),
    ] {
        let run = in_language(EXEC, language).succeeded();
        let pids = after(&run, "(PID: ");
        assert_eq!((pids.len(), pids[0]), (3, run.pid.into()));
        assert_children(&pids[1..], &run);
        let lines = with_names(&run, &pids);
        assert_eq!((&lines[..3], lines.len()), (&expected.map(str::to_owned)[..], 4));
        assert!(lines[3].contains("nobody_registered_me") && lines[3].contains(refusal));
    }
}

fn zombie_shows_one_and_that_it_is_gone() {
    for (language, expected) in [
        (
            "en",
            [
                "the child (PID: P0) has ended; state Z: a zombie",
                "join reaped it; it had returned 7",
                "PID P0 is gone",
            ],
        ),
        (
            "ja",
            [
                "子プロセス(PID: P0)は終了しました。状態Z: ゾンビです",
                "joinで回収しました。戻り値は7です",
                "PID P0はもう存在しません",
            ],
        ),
    ] {
        let run = in_language(ZOMBIE, language).succeeded();
        let pids = after(&run, "(PID: ");
        assert_children(&pids, &run);
        assert_eq!(with_names(&run, &pids), expected);
    }
}

fn tree_shows_three_generations() {
    for (language, who) in [
        ("en", ["parent", "child", "grandchild"]),
        ("ja", ["親プロセス", "子プロセス", "孫プロセス"]),
    ] {
        let run = in_language(TREE, language).succeeded();
        let mut pids = Vec::new();
        // The pids on the way from the root to the last line.
        let mut path: Vec<u64> = Vec::new();
        let mut shape = Vec::new();
        for line in run.lines() {
            let depth = (line.len() - line.trim_start().len()) / 2;
            assert!(line.trim_start().starts_with(who[depth]), "{line}");
            let [pid, parent] = numbers(line)[..] else { panic!("{line}") };
            path.truncate(depth);
            let above = path.last().copied().unwrap_or(std::process::id().into());
            assert_eq!(parent, above, "{line}");
            path.push(pid);
            pids.push(pid);
            shape.push(depth);
        }
        assert_eq!((shape, pids[0]), (vec![0, 1, 2, 2, 1, 2, 2], run.pid.into()));
        assert_children(&pids[1..], &run);
    }
}

// Options.

fn fork_shows_what_each_child_s_parent_had_at_that_moment() {
    for (language, sees) in [("en", " sees "), ("ja", "から見える値は")] {
        let run = in_language(FORK, language).succeeded();
        assert_children(&after(&run, "(PID: ")[..2], &run);
        assert_eq!(after(&run, sees), [1, 2, 3], "{run:#?}");
        let addresses: BTreeSet<&str> =
            run.stdout.lines().filter_map(|line| line.split("0x").nth(1)).collect();
        assert_eq!(addresses.len(), 1, "not at one address: {run:#?}");
    }
}

fn descriptors_show_one_open_file_and_a_closed_one() {
    for (language, expected) in [
        (
            "en",
            [
                "The child that was given the file (PID: P0) reads \"abc\"",
                "Then the parent reads \"def\"",
                "The child that was given nothing (PID: P1) has no such open file",
            ],
        ),
        (
            "ja",
            [
                "ファイルを渡された子プロセス(PID: P0)が読んだ文字: \"abc\"",
                "その後に親プロセスが読んだ文字: \"def\"",
                "何も渡されていない子プロセス(PID: P1)では、そのファイルは開いていません",
            ],
        ),
    ] {
        let run = in_language(DESCRIPTORS, language).succeeded();
        let pids = after(&run, "(PID: ");
        assert_children(&pids, &run);
        assert_eq!(with_names(&run, &pids), expected);
    }
}

fn pipe_end_shows_who_keeps_the_pipe_open() {
    let run = in_language(PIPE_END, "en").succeeded();
    assert_eq!(
        run.lines(),
        [
            "The bystander has no write end: the pipe ended with its writer",
            "The bystander has one: no end 200 ms after the writer's",
            "The bystander ended, too: there was the end",
        ]
    );
    let run = in_language(PIPE_END, "ja").succeeded();
    assert_eq!(
        run.lines(),
        [
            "傍観者が書き込み側を持っていないと、パイプは書き手とともに終わりました",
            "傍観者が書き込み側を持っていると、書き手が終了して200ミリ秒たっても終わりません",
            "傍観者も終了すると、終わりが来ました",
        ]
    );
}

fn a_language_that_is_not_spoken_is_refused() {
    for program in ALL {
        let told = run(program, &["--lang", "xx"]).failed(2, "--lang xx: this book speaks en");
        assert_eq!(told.stdout, "");
        let mut from_environment = command(program, &[]);
        from_environment.env("LESSON_LANG", "xx");
        run_command(from_environment).failed(2, "LESSON_LANG=xx: this book speaks en");
    }
}

fn the_language_of_the_environment_is_spoken() {
    for (name, value) in [("LESSON_LANG", "ja"), ("LANG", "ja_JP.UTF-8"), ("LC_ALL", "ja_JP.utf8")]
    {
        for program in ALL {
            let mut japanese = command(program, &["--help"]);
            japanese.env(name, value);
            let help = run_command(japanese).succeeded();
            assert!(help.stdout.contains("オプション:"), "{help:#?}");
        }
    }
}

fn an_unknown_flag_is_refused() {
    for program in ALL {
        run(program, &["--wat"]).failed(2, "--wat: there is no such option: see --help");
        run(program, &["--lang", "ja", "wat"]).failed(2, "wat: そのようなオプションはありません");
    }
}

fn help_tells_the_options() {
    for program in ALL {
        let help = run(program, &["--help"]).succeeded();
        assert!(help.stdout.contains("--lang en|ja"), "{help:#?}");
    }
}

// Output that nobody reads.

fn a_closed_output_ends_every_program_quietly() {
    for program in ALL {
        for lines in [0, 1] {
            let ended = run_with_closed_stdout(command(program, &[]), lines);
            assert_eq!(ended.code, Some(0), "{ended:#?}");
            // A panic tells of itself on standard error, whoever reads standard output.
            assert!(program == PANIC || ended.stderr.is_empty(), "{ended:#?}");
            assert!(!ended.stderr.contains("error:"), "{ended:#?}");
        }
    }
}

fn a_full_disk_is_told() {
    for program in ALL {
        for (language, hint) in
            [("en", "standard output cannot be written"), ("ja", "標準出力に書き込めません")]
        {
            let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            run_with_stdout(command(program, &["--lang", language]), full).failed(1, hint);
        }
    }
}

// What a machine may refuse.

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
    assert_refused(
        without_fork,
        "no more processes are allowed: see `ulimit -u`",
        "これ以上プロセスを作れません: `ulimit -u`",
    );
}

fn too_few_descriptors_are_told_with_what_to_do() {
    let few = |command: &mut Command| with_few_descriptors(command, 4);
    assert_refused(few, "see `ulimit -n`", "`ulimit -n`を確認してください");
}

fn the_shells_limit_of_descriptors_is_told() {
    let script = "ulimit -n 6; exec \"$0\"";
    let told = run_command(command("sh", &["-c", script, PROCESS])).failed(1, "see `ulimit -n`");
    assert!(told.stderr.starts_with("error: "), "{told:#?}");
}

fn a_missing_proc_is_told_with_what_to_do() {
    if let Err(error) = without_proc(&mut command(PROCESS, &[])) {
        eprintln!("NOT TESTED on this machine: it permits no mount namespace ({error})");
        return;
    }
    let hide = |command: &mut Command| without_proc(command).unwrap();
    let hint = "mount -t proc proc /proc";
    assert_refused(hide, hint, hint);
}

// The timeline.

/// The events in a timeline, by pid; each line has to be one JSON object.
fn events(path: &std::path::Path) -> BTreeMap<u64, Vec<Value>> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("["));
    let mut events = BTreeMap::<u64, Vec<Value>>::new();
    for line in lines {
        let event = line.strip_suffix(',').unwrap_or_else(|| panic!("no comma: {line}"));
        let event: Value =
            serde_json::from_str(event).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["ts"].as_u64().is_some_and(|time| time > 0), "{line}");
        events.entry(event["pid"].as_u64().unwrap()).or_default().push(event);
    }
    events
}

fn a_timeline_has_events_of_every_process() {
    let folder = tempfile::tempdir().unwrap();
    for (program, mark, children) in [
        (PROCESS, "running (PID: ", 3),
        (SIGNALS, "(PID: ", 2),
        (EXEC, ": child (PID: ", 2),
        (TREE, "child (PID: ", 6),
    ] {
        let path = folder.path().join("timeline.json");
        let mut recorded = command(program, &[]);
        recorded.env("LESSON_TIMELINE", &path);
        let run = run_command(recorded).succeeded();
        let events = events(&path);
        let mut expected: BTreeSet<u64> = after(&run, mark).into_iter().collect();
        assert_eq!(expected.len(), children, "{run:#?}");
        for child in &expected {
            let of_child =
                |phase: &str| events[child].iter().filter(|event| event["ph"] == phase).count();
            assert_eq!((of_child("M"), of_child("B")), (1, 1), "{program}: {:#?}", events[child]);
            // One that is killed does not come to the end of its span; its parent sees how it ended.
            assert_eq!(of_child("E"), usize::from(program != SIGNALS));
            assert!(events[child].iter().any(|event| event["name"] == "ended"));
        }
        expected.insert(run.pid.into());
        assert_eq!(events.keys().copied().collect::<BTreeSet<u64>>(), expected);
    }
}

fn a_timeline_that_cannot_be_written_is_told() {
    let mut recorded = command(PROCESS, &[]);
    recorded.env("LESSON_TIMELINE", "/nowhere/timeline.json");
    run_command(recorded).failed(1, "LESSON_TIMELINE=/nowhere/timeline.json: cannot write there");
}

fn output_into_a_file_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("output");
    run_with_stdout(command(PROCESS, &[]), File::create(&path).unwrap()).succeeded();
    assert_eq!(fs::read_to_string(path).unwrap().lines().count(), 6);
}

fn main() -> ExitCode {
    testing::tests![
        process_shows_three_processes_and_their_ends,
        exit_shows_four_ends,
        signals_shows_terminate_and_kill,
        panic_shows_the_message_at_the_parent_and_the_others_go_on,
        exec_shows_what_each_child_sees,
        zombie_shows_one_and_that_it_is_gone,
        tree_shows_three_generations,
        fork_shows_what_each_child_s_parent_had_at_that_moment,
        descriptors_show_one_open_file_and_a_closed_one,
        pipe_end_shows_who_keeps_the_pipe_open,
        a_language_that_is_not_spoken_is_refused,
        the_language_of_the_environment_is_spoken,
        an_unknown_flag_is_refused,
        help_tells_the_options,
        a_closed_output_ends_every_program_quietly,
        a_full_disk_is_told,
        a_refused_fork_is_told_with_what_to_do,
        too_few_descriptors_are_told_with_what_to_do,
        the_shells_limit_of_descriptors_is_told,
        a_missing_proc_is_told_with_what_to_do,
        a_timeline_has_events_of_every_process,
        a_timeline_that_cannot_be_written_is_told,
        output_into_a_file_is_whole,
    ]
}
