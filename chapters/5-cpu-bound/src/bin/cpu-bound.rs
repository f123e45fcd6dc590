//! Ten million additions, four times: in a pool; then serial beside threads beside processes.
//! Run it: `cargo run -p cpu-bound` (and `cargo run --release -p cpu-bound`)
//! Look for: the speed-up against the number of cores. Are threads slower than processes here, as in Python?

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use cpu_bound::heavy::heavy_computation;
use cpu_bound::speed_up::{Times, timed};
use cpu_bound::{processes, serial, table, threads};
use indicatif::ProgressBar;
use lesson::{Options, print_line, say, text};
use pool::Pool;

const NUMBERS: [u64; 4] = [1, 2, 3, 4];
/// With a speed-up below this, more cores were of no use.
const WORTH_IT: f64 = 1.2;
const EXPECTED: [u64; 4] = [10_000_000, 20_000_000, 30_000_000, 40_000_000];

// ANCHOR: program
fn program(workers: usize, rounds: usize) -> lesson::Result {
    // Before any thread: the pool forks its workers.
    let pool = Pool::new(workers)?;
    let (results, time) = timed(|| pool.map(heavy_computation, NUMBERS));
    let (results, seconds) = (results?, time.as_secs_f64());
    check(&results)?;
    say!("results: {results:?}", "結果: {results:?}");
    say!("time taken: {seconds:.3} s", "所要時間: {seconds:.3} 秒");

    let bar = progress(rounds);
    let [mut in_turn, mut in_threads, mut in_processes] = [const { Times::new() }; 3];
    for _ in 0..rounds {
        let (results, time) = timed(|| serial::run(heavy_computation, &NUMBERS));
        check(&results)?;
        in_turn.add(time);
        let (results, time) = timed(|| threads::run(heavy_computation, &NUMBERS, workers));
        check(&results)?;
        in_threads.add(time);
        let (results, time) = timed(|| processes::run(&pool, heavy_computation, &NUMBERS));
        check(&results?)?;
        in_processes.add(time);
        bar.inc(1);
    }
    bar.finish_and_clear();
    // ANCHOR_END: program
    report(workers, rounds, &in_turn, &in_threads, &in_processes);
    Ok(())
}

fn check(results: &[u64]) -> lesson::Result {
    if results == EXPECTED {
        return Ok(());
    }
    Err(text!("{EXPECTED:?} expected, not {results:?}", "{EXPECTED:?}になるはずが{results:?}です")
        .into())
}

/// Drawn by `inc` alone: a thread that draws from time to time would forbid the pool to fork a replacement.
fn progress(rounds: usize) -> ProgressBar {
    if stderr().is_terminal() { ProgressBar::new(rounds as u64) } else { ProgressBar::hidden() }
}

fn report(workers: usize, rounds: usize, serial: &Times, threads: &Times, processes: &Times) {
    let (cores, profile) = (pool::cores(), lesson::profile());
    say!("", "");
    say!(
        "{rounds} rounds, {workers} workers, {cores} cores usable (profile {profile})",
        "{rounds}回、ワーカー{workers}個、使えるコア{cores}個(プロファイル: {profile})"
    );
    let row = |name: String, times: &Times| {
        let ms = |time: std::time::Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
        let speed_up = times.speed_up(serial);
        [name, ms(times.median()), ms(times.spread()), format!("{speed_up:.2}×")]
    };
    let rows = [
        [
            text!("way", "方法"),
            text!("median", "中央値"),
            text!("spread", "ばらつき"),
            text!("speed-up", "速度向上率"),
        ],
        row(text!("serial", "逐次"), serial),
        row(text!("threads", "スレッド"), threads),
        row(text!("processes", "プロセス"), processes),
    ];
    table::lines(&rows).iter().for_each(|line| print_line(line));
    if cores == 1 {
        say!(
            "With one core everybody takes turns: no speed-up is possible here.",
            "コアが1個なので交代で実行されます。ここでは速度は向上しません。"
        );
        return;
    }
    say!(
        "At best the speed-up is the number of cores. Rust has no GIL, so threads can reach it as well as processes.",
        "速度向上率の上限はコア数です。RustにはGILがないので、プロセスだけでなくスレッドもこの上限に近づけます。"
    );
    if workers > 1 && threads.speed_up(serial).max(processes.speed_up(serial)) < WORTH_IT {
        say!(
            "Here neither came near it: other programs keep the cores busy, or they are not whole cores.",
            "今回はどちらも届きませんでした。ほかのプログラムがコアを使っているか、独立した物理コアではないようです。"
        );
    }
}

fn main() -> ExitCode {
    let about = Options::new(
        "Ten million additions four times: serial, in threads, in processes.",
        "1000万回の加算を4回、逐次・スレッド・プロセスで実行して比べます。",
    )
    .number(
        "workers",
        pool::cores().clamp(1, 64),
        1..=64,
        "how many workers and threads",
        "ワーカーとスレッドの数",
    )
    .number("rounds", 31, 1..=100, "how many times each is measured", "それぞれを測る回数");
    lesson::run(about, |given| program(given.number("workers"), given.number("rounds")))
}
