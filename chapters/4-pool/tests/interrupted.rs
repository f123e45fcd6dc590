//! Ctrl-C at random moments of the chapter's programs: they end within a second, with at most one line of error, and leave
//! nothing.
//!
//! `LESSON_TRIES=200 cargo test -p pool --test interrupted` tries it so often (40 times by default); `LESSON_SOAK_SEED` repeats
//! a run's choices.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::env;
use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use testing::{command, run};

const PROGRAMS: [&str; 8] = [
    env!("CARGO_BIN_EXE_pool"),
    env!("CARGO_BIN_EXE_pool-workers"),
    env!("CARGO_BIN_EXE_pool-unordered"),
    env!("CARGO_BIN_EXE_pool-panic"),
    env!("CARGO_BIN_EXE_pool-killed"),
    env!("CARGO_BIN_EXE_pool-submit"),
    env!("CARGO_BIN_EXE_pool-chunks"),
    env!("CARGO_BIN_EXE_pool-initializer"),
];

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|text| text.parse().ok())
}

fn wait_until(end: Instant, child: &mut Child) -> bool {
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            return false;
        }
        sleep(Duration::from_millis(1));
    }
    true
}

/// The processes of a group that run.
fn running_in_group(group: Pid) -> usize {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let stats = entries.filter_map(|it| fs::read_to_string(it.path().join("stat")).ok());
    let runs = |stat: &String| {
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let (state, its_group) = (fields.next(), fields.nth(1));
        state.is_some_and(|it| it != "Z") && its_group == Some(&group.to_string())
    };
    stats.filter(runs).count()
}

fn ctrl_c_at_a_random_moment_ends_everything_within_a_second() {
    let tries = number("LESSON_TRIES").unwrap_or(40);
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = number("LESSON_SOAK_SEED").unwrap_or_else(now).max(1);
    println!("LESSON_SOAK_SEED={seed}");
    let mut random = seed;
    let mut below = |limit: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % limit
    };
    // How long each runs when nobody disturbs it, and what it tells on standard error by itself: panics, as a lesson.
    let undisturbed = PROGRAMS.map(|program| {
        let began = Instant::now();
        let run = run(program, &["--lang", "en"]);
        (program, began.elapsed(), run.stderr.lines().count())
    });
    let (mut interrupted, mut slowest) = (0, Duration::ZERO);
    for n in 0..tries {
        let (program, length, usual) = undisturbed[below(PROGRAMS.len() as u64) as usize];
        let micros = below(length.as_micros() as u64);
        let told = format!("try {n} of seed {seed}: {program} after {micros} µs");
        let mut run = command(program, &["--lang", "en"]);
        let mut run = run.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let group = Pid::from_raw(run.id() as i32);
        sleep(Duration::from_micros(micros));
        let began = Instant::now();
        // Not reaped yet, so the number means this group.
        killpg(group, Signal::SIGINT).unwrap();
        let end = began + Duration::from_secs(1);
        let in_time = wait_until(end, &mut run);
        while running_in_group(group) > 0 && Instant::now() < end {
            sleep(Duration::from_millis(1));
        }
        slowest = slowest.max(began.elapsed());
        let left = running_in_group(group);
        let _ = killpg(group, Signal::SIGKILL);
        let status = run.wait().unwrap();
        let mut stderr = String::new();
        run.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert!(in_time && left == 0, "{told}: {left} processes left after a second");
        assert!(stderr.lines().count() <= usual + 1, "{told}: {stderr}");
        assert!(
            status.success() || status.signal() == Some(Signal::SIGINT as i32),
            "{told}: {status}"
        );
        interrupted += u64::from(!status.success());
    }
    println!("{interrupted} of {tries} interrupted, the slowest to end took {slowest:?}");
    assert!(interrupted > tries / 4, "{interrupted} of {tries}: the moments are badly chosen");
}

fn main() -> ExitCode {
    testing::tests![ctrl_c_at_a_random_moment_ends_everything_within_a_second]
}
