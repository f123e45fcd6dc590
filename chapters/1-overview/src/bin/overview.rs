//! The four claims about processes, each put to the test on this machine.
//! Run it: `cargo run -p overview`
//! Look for: the child's 42 that never reaches its parent, and the threads that need no process to use two cores.

use std::process::ExitCode;

use lesson::{Options, say, text};
use overview::{Usage, cores, gil, memory, starting, usage, work};

// ANCHOR: memory
fn separate_memory() -> lesson::Result {
    say!("1. Each process has memory of its own", "1. メモリはプロセスごとに独立している");
    let seen = memory::child_writes(7, 42)?;
    let (found, wrote, parent) = (seen.child_found, seen.child_wrote, seen.parent_sees);
    say!(
        "   the child found {found}, wrote {wrote}; its parent still sees {parent}",
        "   子プロセスからは{found}が見え、それを{wrote}に書き換えましたが、親プロセスから見える値は{parent}のままです"
    );
    if !seen.is_separate() {
        return Err(text!(
            "the parent saw its child's write",
            "親プロセスに子プロセスの書き込みが見えました"
        )
        .into());
    }
    Ok(())
}
// ANCHOR_END: memory

// ANCHOR: cores
fn several_cores() -> lesson::Result {
    say!("2. Several processes use several cores", "2. 複数のプロセスは複数のコアを同時に使う");
    let measured = Usage::shown_by(|| cores::two_processes(work::ROUNDS))?;
    report(&text!("two processes", "2個のプロセス"), measured);
    Ok(())
}

fn no_global_lock() -> lesson::Result {
    say!(
        "3. No global lock (GIL) holds them up; in Rust none holds threads up either",
        "3. GIL(グローバルインタプリタロック)に妨げられない。Rustではスレッドも同じ"
    );
    let measured = Usage::shown_by(|| gil::two_threads(work::ROUNDS))?;
    report(&text!("two threads", "2個のスレッド"), measured);
    if measured.shows_several_cores() {
        say!(
            "   so Python's advice to compute in processes, not in threads, does not hold in Rust",
            "   「計算はスレッドではなくプロセスで」というPythonの助言は、Rustには当てはまりません"
        );
    }
    Ok(())
}
// ANCHOR_END: cores

fn report(who: &str, measured: Usage) {
    let (cpu, wall) = (measured.cpu.as_secs_f64(), measured.wall.as_secs_f64());
    let busy = measured.cores_busy();
    say!(
        "   {who}: {cpu:.2} s of CPU time in {wall:.2} s, {busy:.2} cores busy",
        "   {who}: {wall:.2}秒間にCPU時間{cpu:.2}秒、平均{busy:.2}コアを使用"
    );
    if usage::cores() == 1 {
        say!(
            "   only one core may be used here, so they took turns",
            "   ここで使えるコアは1個だけなので、交代で実行されました"
        );
    } else if !measured.shows_several_cores() {
        say!(
            "   that does not show it: the other cores were taken; try again on a quieter machine",
            "   この結果では確かめられません。ほかのコアがふさがっていたので、空いているときに再実行してください"
        );
    }
}

// ANCHOR: starting
fn dear_to_start() -> lesson::Result {
    say!(
        "4. A process costs more to start than a thread",
        "4. プロセスの開始はスレッドの開始より時間がかかる"
    );
    let cost = starting::compare(200)?;
    let (process, thread) = (cost.process.as_micros(), cost.thread.as_micros());
    let ratio = cost.ratio();
    say!(
        "   start and join: process {process} µs, thread {thread} µs, ratio {ratio:.1}",
        "   開始から終了まで: プロセス {process} µs、スレッド {thread} µs、比率 {ratio:.1}"
    );
    if ratio <= 1.0 {
        say!("   that contradicts it, on this machine", "   このマシンでは当てはまりません");
    }
    Ok(())
}
// ANCHOR_END: starting

/// The claim of this number, or all of them if it is 0.
fn program(claim: usize) -> lesson::Result {
    let claims = [separate_memory, several_cores, no_global_lock, dear_to_start];
    for (number, show) in (1..).zip(claims) {
        if claim == number || claim == 0 {
            show()?;
        }
    }
    let (profile, cores) = (lesson::profile(), usage::cores());
    say!(
        "(profile {profile}, cores usable: {cores})",
        "(プロファイル: {profile}、使えるコア数: {cores})"
    );
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new(
        "Puts the four claims about processes to the test.",
        "プロセスについての四つの主張を実際に確かめます。",
    );
    let about = about.number(
        "claim",
        0,
        0..=4,
        "only this claim; 0: all four",
        "主張の番号(0なら四つとも)",
    );
    lesson::run(about, |given| program(given.number("claim")))
}
