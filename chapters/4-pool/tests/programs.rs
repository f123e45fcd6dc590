//! What the chapter's programs print, in both languages, and how they fail.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use lesson::say;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use pool::Pool;
use testing::{command, numbers, run, run_with_closed_stdout, with_few_descriptors, without_fork};
use testing::{run_command, without_proc};

const POOL: &str = env!("CARGO_BIN_EXE_pool");
const WORKERS: &str = env!("CARGO_BIN_EXE_pool-workers");
const UNORDERED: &str = env!("CARGO_BIN_EXE_pool-unordered");
const PANIC: &str = env!("CARGO_BIN_EXE_pool-panic");
const KILLED: &str = env!("CARGO_BIN_EXE_pool-killed");
const SUBMIT: &str = env!("CARGO_BIN_EXE_pool-submit");
const CHUNKS: &str = env!("CARGO_BIN_EXE_pool-chunks");
const INITIALIZER: &str = env!("CARGO_BIN_EXE_pool-initializer");
const ALL: [&str; 8] = [POOL, WORKERS, UNORDERED, PANIC, KILLED, SUBMIT, CHUNKS, INITIALIZER];

fn the_pool_squares_five_numbers() {
    let run_ja = run(POOL, &["--lang", "ja"]).succeeded();
    assert_eq!(
        run_ja.lines()[..2],
        ["結果: [1, 4, 9, 16, 25]", "スコープを出たあとに残ったワーカー: 0"]
    );
    let cores = pool::cores() as u64;
    assert_eq!(numbers(run_ja.lines()[2]), [cores, 1, 1, 100, 338_350]);
    let run_en = run(POOL, &["--lang", "en"]).succeeded();
    let lines = run_en.lines();
    assert_eq!(lines[..2], ["results: [1, 4, 9, 16, 25]", "workers left after the scope: 0"]);
    assert_eq!(numbers(lines[2]), [cores, 1, 100, 338_350]);
}

fn every_item_is_done_by_one_of_so_many_workers() {
    for (lang, workers) in [("en", 1), ("ja", 1), ("en", 3), ("ja", 3), ("en", 64)] {
        let run = run(WORKERS, &["--lang", lang, "--workers", &workers.to_string()]).succeeded();
        let lines = run.lines();
        let (last, lines) = lines.split_last().unwrap();
        let (mut pids, mut items) = (BTreeSet::new(), Vec::<u64>::new());
        for line in lines {
            let found = numbers(line);
            assert!(pids.insert(found[0]), "{run:#?}");
            items.extend(&found[1..]);
        }
        items.sort_unstable();
        assert_eq!(items, (0..12).collect::<Vec<_>>());
        let mut said = numbers(last);
        said.sort_unstable();
        let mut expected = [pids.len() as u64, workers, 12];
        expected.sort_unstable();
        assert_eq!(said, expected, "{run:#?}");
        assert!(workers > 1 || pids.len() == 1);
    }
}

fn imap_keeps_the_order_and_imap_unordered_all_results() {
    for lang in ["en", "ja"] {
        let run = run(UNORDERED, &["--lang", lang]).succeeded();
        let lines = run.lines();
        let ordered = "1000000→78498 1000→168 2000→303 3000→430 4000→550";
        assert_eq!(lines[0], format!("imap          : {ordered}"));
        let mut unordered = numbers(lines[1]);
        let mut expected = numbers(ordered);
        unordered.sort_unstable();
        expected.sort_unstable();
        assert_eq!(unordered, expected);
        let promise = if lang == "en" { "always" } else { "必ず" };
        assert!(lines[2].contains(promise));
    }
}

fn a_panic_is_one_items_error_and_the_worker_stays() {
    for (lang, message) in [("en", "-9 has no square root"), ("ja", "-9の平方根はありません")]
    {
        let run = run(PANIC, &["--lang", lang]);
        assert_eq!(run.code, Some(0), "{run:#?}");
        // The worker prints its panics itself: one of try_map, one of map.
        assert_eq!(run.stderr.matches(message).count(), 2, "{run:#?}");
        let lines = run.lines();
        assert_eq!(lines.len(), 6);
        let pid = numbers(lines[0])[1];
        for (line, root) in [(lines[0], 1), (lines[1], 2), (lines[3], 4), (lines[4], 5)] {
            assert_eq!(numbers(line), [root, pid], "{run:#?}");
        }
        for line in [lines[2], lines[5]] {
            assert!(line.contains(message) && numbers(line).starts_with(&[2, pid]), "{run:#?}");
        }
    }
}

fn a_killed_worker_is_named_and_replaced() {
    for lang in ["en", "ja"] {
        let run = run(KILLED, &["--lang", lang]).succeeded();
        let lines = run.lines();
        assert_eq!(lines.len(), 8, "{run:#?}");
        let (before, after) = (numbers(lines[0]), numbers(lines[7]));
        for (line, square) in [(1, [0, 1]), (2, [1, 4]), (4, [3, 16]), (5, [4, 25])] {
            assert_eq!(numbers(lines[line]), square);
        }
        assert!(lines[3].contains("SIGKILL"), "{run:#?}");
        let killed = before.iter().copied().find(|pid| numbers(lines[3]).contains(pid)).unwrap();
        assert_eq!(numbers(lines[6]), [36, 49, 64]);
        assert!(after.len() == 2 && !after.contains(&killed), "{run:#?}");
        assert_eq!(after.iter().filter(|pid| before.contains(pid)).count(), 1, "{run:#?}");
    }
}

fn an_endless_task_ends_with_the_pool() {
    let run_en = run(SUBMIT, &["--lang", "en"]).succeeded();
    assert_eq!(
        run_en.lines(),
        [
            "double: 42",
            "the endless task is not done after 200 ms",
            "its result once the pool is gone: the pool was closed before the task was done",
            "workers left: 0"
        ]
    );
    let run_ja = run(SUBMIT, &["--lang", "ja"]).succeeded();
    assert_eq!((run_ja.lines()[0], run_ja.lines()[3]), ("2倍: 42", "残ったワーカー: 0"));
}

fn one_chunk_is_one_workers() {
    for lang in ["en", "ja"] {
        let run = run(CHUNKS, &["--lang", lang]).succeeded();
        let lines = run.lines();
        assert_eq!(lines.len(), 6, "{run:#?}");
        assert_eq!((numbers(lines[1])[0], numbers(lines[2])[0]), (1, 100), "{run:#?}");
        let mut said = numbers(lines[5]);
        said.pop();
        said.sort_unstable();
        assert_eq!(said, [1, 2, 8], "{run:#?}");
    }
}

fn each_worker_prepares_once_and_a_failure_is_told() {
    for (lang, message) in [("en", "no prime is below 2"), ("ja", "2より小さい素数はありません")]
    {
        let run = run(INITIALIZER, &["--lang", lang]);
        assert_eq!(run.code, Some(0), "{run:#?}");
        // The worker prints its panic itself.
        assert_eq!(run.stderr.matches(message).count(), 1, "{run:#?}");
        let lines = run.lines();
        let figures: Vec<_> = lines[..3].iter().map(|line| numbers(line)).collect();
        assert_eq!(figures, [vec![2, 29, 541, 7919], vec![1], vec![0]], "{run:#?}");
        assert!(lines.len() == 4 && lines[3].contains(message), "{run:#?}");
    }
}

fn bad_input_is_told_and_ends_with_code_2() {
    for wrong in ["0", "x", "65", "-1", ""] {
        let range = "1 to 64";
        run(WORKERS, &["--lang", "en", "--workers", wrong]).failed(2, range);
        run(WORKERS, &["--lang", "ja", "--workers", wrong]).failed(2, "1から64まで");
    }
    run(WORKERS, &["--workers"]).failed(2, "--help");
    for program in ALL {
        run(program, &["--nothing"]).failed(2, "--nothing");
        run(program, &["--lang", "xx"]).failed(2, "en (English) and ja (Japanese)");
        assert!(run(program, &["--help"]).succeeded().stdout.contains("--lang"));
        let japanese = run(program, &["--lang", "ja", "--help"]).succeeded();
        assert!(!japanese.stdout.is_ascii());
    }
}

fn a_closed_output_ends_every_program_quietly() {
    for program in ALL {
        for lines in [0, 1] {
            let run = run_with_closed_stdout(command(program, &[]), lines);
            assert_eq!((run.code, run.signal), (Some(0), None), "{program}: {run:#?}");
            // Workers print their panics, if they come that far.
            let panics = [PANIC, INITIALIZER].contains(&program);
            assert!(panics || run.stderr.is_empty(), "{program}: {run:#?}");
        }
    }
}

fn a_machine_that_refuses_is_told_by_name() {
    for program in ALL {
        let mut refused = command(program, &["--lang", "en"]);
        without_fork(&mut refused);
        run_command(refused).failed(1, "ulimit -u");
        let mut refused = command(program, &["--lang", "ja"]);
        with_few_descriptors(&mut refused, 5);
        run_command(refused).failed(1, "EMFILE");
        let mut refused = command(program, &["--lang", "en"]);
        if without_proc(&mut refused).is_ok() {
            run_command(refused).failed(1, "mount -t proc");
        }
    }
}

/// As Ctrl-C: the terminal sends `SIGINT` to the whole group.
fn an_interrupt_ends_a_long_map_at_once_and_in_silence() {
    for round in 0..10 {
        let mut probe = command(env::current_exe().unwrap(), &[LONG_MAP]);
        let mut probe = probe.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(probe.stdout.take().unwrap());
        // Once the map is under way, at another moment in each round.
        for _ in 0..=4 * round {
            output.read_line(&mut String::new()).unwrap();
        }
        let began = Instant::now();
        let group = Pid::from_raw(probe.id() as i32);
        killpg(group, Signal::SIGINT).unwrap();
        // Both end when the last process has ended.
        output.read_to_end(&mut Vec::new()).unwrap();
        let mut stderr = String::new();
        probe.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        // The map itself would take much longer.
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert!(stderr.lines().count() <= 1, "{stderr}");
        assert!(!probe.wait().unwrap().success());
        // One that has closed its output may be about to end.
        while !running_in_group(group).is_empty() {
            assert!(began.elapsed() < Duration::from_secs(5), "{:?}", running_in_group(group));
        }
    }
}

/// The processes of a group without the zombies: orphans stay some while, until init reaps them.
fn running_in_group(group: Pid) -> Vec<i32> {
    let processes = fs::read_dir("/proc").unwrap();
    let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let is_running = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit(") ").next().unwrap_or_default();
        let mut fields = fields.split_whitespace();
        let (state, its_group) = (fields.next(), fields.nth(1));
        state.is_some_and(|state| state != "Z") && its_group == Some(&group.to_string())
    };
    pids.filter(is_running).collect()
}

fn long_map() -> ExitCode {
    let work = |n: u64| {
        (0..2_000_000).for_each(|turn| _ = std::hint::black_box(turn));
        say!("{n}", "{n}");
        n
    };
    let pool = Pool::new(4).unwrap();
    match pool.map_chunked(work, 0..100_000, 1) {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn the_timeline_shows_every_worker() {
    let file = env::temp_dir().join(format!("pool-timeline-{}.json", std::process::id()));
    let mut timed = command(WORKERS, &["--workers", "2"]);
    timed.env("LESSON_TIMELINE", &file);
    let run = run_command(timed).succeeded();
    let events = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    assert_eq!(events.matches(r#""ph":"B","name":"task""#).count(), 12, "{events}");
    for line in run.lines().split_last().unwrap().1 {
        let pid = numbers(line)[0];
        assert!(events.contains(&format!(r#""name":"process_name","pid":{pid},"#)), "{events}");
    }
}

const LONG_MAP: &str = "__long_map__";

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some(LONG_MAP) {
        return long_map();
    }
    testing::tests![
        the_pool_squares_five_numbers,
        every_item_is_done_by_one_of_so_many_workers,
        imap_keeps_the_order_and_imap_unordered_all_results,
        a_panic_is_one_items_error_and_the_worker_stays,
        a_killed_worker_is_named_and_replaced,
        an_endless_task_ends_with_the_pool,
        one_chunk_is_one_workers,
        each_worker_prepares_once_and_a_failure_is_told,
        bad_input_is_told_and_ends_with_code_2,
        a_closed_output_ends_every_program_quietly,
        a_machine_that_refuses_is_told_by_name,
        an_interrupt_ends_a_long_map_at_once_and_in_silence,
        the_timeline_shows_every_worker,
    ]
}
