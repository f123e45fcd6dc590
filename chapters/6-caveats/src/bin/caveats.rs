//! The three caveats of the chapter in one run: the GIL, overhead, sharing data.
//! Run it: `cargo run -p caveats`
//! Look for: which of Python's reasons to prefer processes are left in Rust, and which are not.

use std::process::ExitCode;
use std::time::Duration;

use caveats::updates::{How, two_processes, until_some_are_lost};
use caveats::{cost, gil};
use lesson::{Options, say, text};

const INCREMENTS: u64 = 100_000;
const TASKS: u64 = 200;

// ANCHOR: gil
fn global_lock() -> lesson::Result {
    say!("1. The GIL", "1. GIL");
    let race = gil::clear_race()?;
    let [lock, threads, processes] =
        [race.one_lock, race.threads, race.processes].map(|way| race.speed_up(way));
    say!(
        "   against one after the other: threads under one lock {lock:.2} ×, threads {threads:.2} ×, processes {processes:.2} ×",
        "   順番に実行した場合に比べて、1個のロックを取り合うスレッドは{lock:.2}倍、スレッドは{threads:.2}倍、プロセスは{processes:.2}倍"
    );
    if race.is_clear() {
        say!(
            "   Python's threads are like those under one lock; Rust's are free, and compute side by side like processes",
            "   Pythonのスレッドは最初の例、Rustのスレッドは2番目の例です。Rustではスレッドもプロセスと同じように並列に計算します"
        );
    } else {
        say!(
            "   no verdict: these figures take two cores that nobody else uses",
            "   判定できません。この測定には、ほかに使われていないコアが2個必要です"
        );
    }
    Ok(())
}
// ANCHOR_END: gil

// ANCHOR: overhead
fn overhead(workers: usize) -> lesson::Result {
    say!("2. Overhead", "2. オーバーヘッド");
    let start = cost::start(100)?;
    let (thread, process) = (start.thread.as_micros(), start.fork.as_micros());
    say!(
        "   start and join: a thread {thread} µs, a process {process} µs",
        "   開始から終了まで: スレッド {thread} µs、プロセス {process} µs"
    );
    let light = cost::light_tasks(TASKS, workers)?;
    let [alone, pool, threads, processes] =
        [light.in_a_loop, light.pool, light.thread_each, light.process_each].map(in_micros);
    say!(
        "   {TASKS} light tasks: a loop {alone} µs, a pool of {workers} workers {pool} µs, a thread for each {threads} µs, a process for each {processes} µs",
        "   軽いタスク{TASKS}個: ループ {alone} µs、ワーカー{workers}個のプール {pool} µs、タスクごとにスレッド {threads} µs、タスクごとにプロセス {processes} µs"
    );
    let quickest = light.in_a_loop < light.pool.min(light.thread_each).min(light.process_each);
    if quickest && light.thread_each < light.process_each {
        say!(
            "   threads are cheaper than processes, as in Python; for work this light a loop beats both",
            "   Pythonと同じく、スレッドはプロセスより軽量です。ただし、これほど軽い処理ならループがいちばん速くなります"
        );
    }
    Ok(())
}

/// Microseconds, with a digit more for what takes less than ten.
fn in_micros(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 10.0 { format!("{micros:.1}") } else { format!("{micros:.0}") }
}
// ANCHOR_END: overhead

// ANCHOR: sharing
fn sharing() -> lesson::Result {
    say!("3. Sharing data", "3. データ共有");
    let wrong = until_some_are_lost(INCREMENTS)?;
    let right = two_processes(How::Lock, INCREMENTS)?;
    let (made, lost, kept) = (wrong.made, wrong.lost(), right.arrived);
    say!(
        "   {made} updates from two processes: {lost} lost without a lock, {kept} arrived with one",
        "   2個のプロセスから{made}回の更新: ロックなしでは{lost}回分が消失、ロックありでは{kept}回分が反映"
    );
    if lost == 0 {
        say!(
            "   without a lock none was lost this time, as on one core: luck, not correctness",
            "   今回はロックなしでも消失しませんでした(コアが1個のときなど)。運がよかっただけです"
        );
    }
    if right.lost() > 0 {
        return Err(
            text!("updates were lost under a lock", "ロックの中の更新が消失しました").into()
        );
    }
    say!(
        "   between threads Rust's compiler refuses such code; between processes it cannot see it",
        "   スレッド間ならRustのコンパイラが拒むコードですが、プロセス間ではコンパイラには見えません"
    );
    Ok(())
}
// ANCHOR_END: sharing

fn main() -> ExitCode {
    cost::register();
    let about = Options::new(
        "Shows the three caveats: the GIL, overhead, sharing data.",
        "GIL、オーバーヘッド、データ共有という三つの注意点を示します。",
    )
    .number("workers", 2, 1..=64, "workers of the pool", "プールのワーカー数");
    lesson::run(about, |given| {
        global_lock()?;
        overhead(given.number("workers"))?;
        sharing()?;
        say!("(profile {})", "(プロファイル: {})", lesson::profile());
        Ok(())
    })
}
