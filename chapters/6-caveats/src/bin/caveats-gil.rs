//! A global lock, modelled with one Mutex over threads; and the real one, if python3 is there.
//! Run it: `cargo run -p caveats --bin caveats-gil`
//! Look for: threads under one lock that are no faster than one after the other, and free threads that are.

use std::io::ErrorKind;
use std::process::{Command, ExitCode};
use std::time::Duration;

use caveats::gil;
use lesson::{Options, say, text};

// ANCHOR: model
fn model() -> lesson::Result {
    let race = gil::clear_race()?;
    let seconds = race.in_turn.as_secs_f64();
    let workers = gil::WORKERS;
    say!("Rust, {workers} pieces of work:", "Rust、{workers}個の計算:");
    say!("  one after the other    {seconds:.3} s", "  順番に実行: {seconds:.3}秒");
    let row = |english: &str, japanese: &str, time: Duration| {
        let (seconds, times) = (time.as_secs_f64(), race.speed_up(time));
        say!(
            "  {english} {seconds:.3} s, {times:.2} ×",
            "  {japanese}: {seconds:.3}秒、{times:.2}倍"
        );
    };
    row("threads under one lock", "1個のロックを取り合うスレッド", race.one_lock);
    row("threads               ", "スレッド", race.threads);
    row("processes             ", "プロセス", race.processes);
    if !race.is_clear() {
        say!(
            "  no verdict: these figures take two cores that nobody else uses",
            "  判定できません。この測定には、ほかに使われていないコアが2個必要です"
        );
    }
    Ok(())
}
// ANCHOR_END: model

// ANCHOR: real
/// The same file that the book shows.
const SCRIPT: &str = include_str!("../../python/gil.py");

fn real() -> lesson::Result {
    let output = match Command::new("python3").args(["-c", SCRIPT]).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            say!(
                "python3 is not on this machine: the real GIL is not shown",
                "python3がないので、本物のGILは確かめられません"
            );
            return Ok(());
        }
        output => output?,
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    let field =
        |name: &str| printed.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let (Some(version), Some(gil), Some(in_turn), Some(threads)) =
        (field("python"), field("gil"), field("in_turn"), field("threads"))
    else {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(text!("python3 failed: {said}", "python3が失敗しました: {said}").into());
    };
    let times = in_turn.parse::<f64>()? / threads.parse::<f64>()?;
    say!("Python {version}, GIL {gil}:", "Python {version}、GIL {gil}:");
    say!("  one after the other    {in_turn} s", "  順番に実行: {in_turn}秒");
    say!(
        "  threads                {threads} s, {times:.2} ×",
        "  スレッド: {threads}秒、{times:.2}倍"
    );
    Ok(())
}
// ANCHOR_END: real

fn program() -> lesson::Result {
    model()?;
    real()?;
    say!("(profile {})", "(プロファイル: {})", lesson::profile());
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new(
        "Threads under one global lock, free threads, and processes; and Python's own lock.",
        "1個のロックを取り合うスレッド、自由なスレッド、プロセスを比べ、Pythonの本物のGILも測ります。",
    );
    lesson::run(about, |_| program())
}
