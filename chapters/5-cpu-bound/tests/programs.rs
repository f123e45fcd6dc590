//! What the chapter's programs print, in both languages, and how they fail.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::{ExitCode, Stdio};

use nix::pty::openpty;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use testing::{Run, command, numbers, run, run_command};
use testing::{run_with_closed_stdout, with_few_descriptors, without_fork};

const CPU_BOUND: &str = env!("CARGO_BIN_EXE_cpu-bound");
const MANDELBROT: &str = env!("CARGO_BIN_EXE_cpu-bound-mandelbrot");
const AMDAHL: &str = env!("CARGO_BIN_EXE_cpu-bound-amdahl");

/// `所要時間: 0.012 秒` with any digits.
fn is_time(line: &str, before: &str, after: &str) -> bool {
    let seconds = line.strip_prefix(before).and_then(|line| line.strip_suffix(after));
    let (whole, parts) = seconds.and_then(|seconds| seconds.split_once('.')).unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    digits(whole) && digits(parts) && parts.len() == 3
}

fn the_sums_and_the_time_are_printed_in_japanese() {
    let run = run(CPU_BOUND, &["--lang", "ja", "--rounds", "3"]).succeeded();
    let lines = run.lines();
    assert_eq!(lines[0], "結果: [10000000, 20000000, 30000000, 40000000]");
    assert!(is_time(lines[1], "所要時間: ", " 秒"), "{run:#?}");
    assert!(lines[4].starts_with("方法 ") && lines[4].ends_with("速度向上率"), "{run:#?}");
    for (line, way) in lines[5..8].iter().zip(["逐次 ", "スレッド ", "プロセス "]) {
        assert!(line.starts_with(way), "{run:#?}");
    }
    assert_eq!(numbers(lines[3])[0], 3, "{run:#?}");
}

fn the_sums_and_the_time_are_printed_in_english() {
    let run = run(CPU_BOUND, &["--lang", "en", "--rounds", "2", "--workers", "3"]).succeeded();
    let lines = run.lines();
    assert_eq!(lines[0], "results: [10000000, 20000000, 30000000, 40000000]");
    assert!(is_time(lines[1], "time taken: ", " s"), "{run:#?}");
    let cores = pool::cores() as u64;
    assert_eq!(numbers(lines[3])[..3], [2, 3, cores], "{run:#?}");
    assert!(lines[3].contains("profile "));
    let headings: Vec<&str> = lines[4].split_whitespace().collect();
    assert_eq!(headings, ["way", "median", "spread", "speed-up"]);
    let widths: BTreeSet<usize> = lines[4..8].iter().map(|line| line.chars().count()).collect();
    assert_eq!(widths.len(), 1, "{run:#?}");
    for (line, way) in lines[5..8].iter().zip(["serial", "threads", "processes"]) {
        assert!(line.starts_with(way) && line.ends_with('×'), "{run:#?}");
        assert_eq!(line.matches(" ms").count(), 2);
    }
    assert!(lines[5].ends_with(" 1.00×"), "{run:#?}");
    // Below the table stands what the speed-ups say, and they may say that the machine was busy.
    assert!((9..=10).contains(&lines.len()), "{run:#?}");
}

fn on_one_core_it_says_what_that_means() {
    let this = Pid::from_raw(0);
    let all = sched_getaffinity(this).unwrap();
    let first = (0..CpuSet::count()).find(|&core| all.is_set(core).unwrap()).unwrap();
    let mut one = CpuSet::new();
    one.set(first).unwrap();
    sched_setaffinity(this, &one).unwrap();
    let run = run(CPU_BOUND, &["--lang", "en", "--rounds", "1"]);
    sched_setaffinity(this, &all).unwrap();
    let run = run.succeeded();
    assert_eq!(numbers(run.lines()[3])[..3], [1, 1, 1], "{run:#?}");
    assert!(run.lines().last().unwrap().contains("takes turns"), "{run:#?}");
}

fn the_progress_bar_is_for_terminals_only() {
    // Standard error goes to memory here, and `succeeded` finds it empty.
    run(CPU_BOUND, &["--rounds", "3"]).succeeded();
    // That this test would see a bar: on a terminal there is one.
    let terminal = openpty(None, None).unwrap();
    let mut command = command(CPU_BOUND, &["--rounds", "3"]);
    command.env("TERM", "xterm");
    command.stdout(Stdio::piped()).stderr(terminal.slave);
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut shown = Vec::new();
    // The end of a terminal is EIO: nobody has its other side open any more.
    let _ = File::from(terminal.master).read_to_end(&mut shown);
    let mut output = String::new();
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    assert!(child.wait().unwrap().success());
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("3/3") || shown.contains("2/3") || shown.contains("1/3"), "{shown:?}");
    assert!(output.starts_with("results: [10000000, ") && !output.contains('\x1b'), "{output:?}");
}

/// The size of a PNG, and the hues in it as which of red, green, blue are lit.
fn decoded(file: &Path) -> ((u32, u32), BTreeSet<[bool; 3]>) {
    let decoder = png::Decoder::new(BufReader::new(File::open(file).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let hues = bytes.chunks(3).map(|pixel| [pixel[0] > 0, pixel[1] > 0, pixel[2] > 0]).collect();
    ((info.width, info.height), hues)
}

/// How many tiles each worker drew, by its line.
fn drawn(run: &Run) -> Vec<u64> {
    let lines = run.lines();
    let (_, workers) = lines.split_last().unwrap();
    let tiles = |line: &&str| {
        let after =
            line.split(['で', ')']).find(|part| part.contains("drew") || part.contains('枚'));
        numbers(after.unwrap_or_default())[0]
    };
    workers.iter().map(tiles).collect()
}

const RED: [bool; 3] = [true, false, false];
const CYAN: [bool; 3] = [false, true, true];

fn a_picture_shows_who_drew_what() {
    let folder = tempfile::tempdir().unwrap();
    for (lang, workers) in [("en", 1), ("ja", 1), ("en", 2), ("ja", 2)] {
        let file = folder.path().join(format!("{lang}-{workers}.png"));
        let arguments =
            ["--lang", lang, "--workers", &workers.to_string(), "--out", file.to_str().unwrap()];
        let run = run(MANDELBROT, &arguments).succeeded();
        let drawn = drawn(&run);
        assert_eq!((drawn.len(), drawn.iter().sum()), (workers, 150), "{run:#?}");
        let (size, hues) = decoded(&file);
        assert_eq!(size, (960, 640));
        let expected: BTreeSet<_> = drawn
            .iter()
            .zip([("ff0000", RED), ("00ffff", CYAN)])
            .filter(|(count, _)| **count > 0)
            .map(|(_, (code, hue))| {
                assert!(run.stdout.contains(code), "{run:#?}");
                hue
            })
            .collect();
        assert_eq!(hues, expected, "{run:#?}");
        assert!(workers == 1 || hues.len() == 2, "one worker drew everything: {run:#?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "no temporary file is left");
}

fn the_picture_goes_to_the_current_folder_by_default() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(MANDELBROT, &[]);
    command.current_dir(&folder);
    run_command(command).succeeded();
    let names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["mandelbrot.png"]);
}

fn a_folder_that_does_not_exist_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("missing/x.png");
    let file = file.to_str().unwrap();
    run(MANDELBROT, &["--lang", "en", "--out", file]).failed(1, "there is no folder");
    run(MANDELBROT, &["--lang", "ja", "--out", file]).failed(1, "フォルダー");
    run(MANDELBROT, &["--lang", "en", "--out", "/"]).failed(1, "--out FILE");
    run(MANDELBROT, &["--lang", "en", "--out", ""]).failed(1, "--out FILE");
    let taken = folder.path().to_str().unwrap();
    run(MANDELBROT, &["--lang", "en", "--out", taken]).failed(1, "cannot write");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

fn bad_input_is_told_and_ends_with_code_2() {
    let limited = [(CPU_BOUND, "--workers", "64"), (MANDELBROT, "--workers", "64")];
    for (program, option, most) in limited.into_iter().chain([(AMDAHL, "--rounds", "100")]) {
        for wrong in ["0", "x", "101", ""] {
            run(program, &[option, wrong]).failed(2, &format!("1 to {most}"));
            run(program, &["--lang", "ja", option, wrong]).failed(2, &format!("1から{most}まで"));
        }
        run(program, &["--nothing"]).failed(2, "--nothing");
        run(program, &["--lang", "xx"]).failed(2, "en (English) and ja (Japanese)");
        assert!(run(program, &["--help"]).succeeded().stdout.contains(&format!("{option} N")));
    }
    run(CPU_BOUND, &["--rounds", "0"]).failed(2, "--rounds 0");
    run(MANDELBROT, &["--out"]).failed(2, "--help");
}

fn a_closed_output_ends_every_program_quietly() {
    let folder = tempfile::tempdir().unwrap();
    for program in [CPU_BOUND, MANDELBROT, AMDAHL] {
        for lines in [0, 1] {
            let mut command = command(program, &[]);
            command.current_dir(&folder);
            run_with_closed_stdout(command, lines).succeeded();
        }
    }
}

fn a_machine_that_refuses_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for program in [CPU_BOUND, MANDELBROT, AMDAHL] {
        let refused = |lang| {
            let mut command = command(program, &["--lang", lang]);
            command.current_dir(&folder);
            command
        };
        let mut command = refused("en");
        without_fork(&mut command);
        run_command(command).failed(1, "ulimit -u");
        let mut command = refused("ja");
        with_few_descriptors(&mut command, 5);
        run_command(command).failed(1, "EMFILE");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

fn the_limit_follows_from_the_serial_part() {
    for lang in ["en", "ja"] {
        let run = run(AMDAHL, &["--lang", lang, "--rounds", "1"]).succeeded();
        let lines = run.lines();
        assert_eq!(lines.len(), 6, "{run:#?}");
        for (line, (serial, limit)) in
            lines[1..5].iter().zip([("0", "∞"), ("25", "4.00×"), ("50", "2.00×"), ("100", "1.00×")])
        {
            assert!(line.starts_with(&format!("{serial} % ")) && line.ends_with(limit), "{run:#?}");
        }
        let cores = pool::cores() as f64;
        let half = format!("{:.2}×", 1.0 / (0.5 + 0.5 / cores));
        assert!(lines[3].contains(&half), "{half}: {run:#?}");
    }
}

fn main() -> ExitCode {
    testing::tests![
        the_sums_and_the_time_are_printed_in_japanese,
        the_sums_and_the_time_are_printed_in_english,
        on_one_core_it_says_what_that_means,
        the_progress_bar_is_for_terminals_only,
        the_limit_follows_from_the_serial_part,
        a_picture_shows_who_drew_what,
        the_picture_goes_to_the_current_folder_by_default,
        a_folder_that_does_not_exist_is_told,
        bad_input_is_told_and_ends_with_code_2,
        a_closed_output_ends_every_program_quietly,
        a_machine_that_refuses_is_told_by_name,
    ]
}
