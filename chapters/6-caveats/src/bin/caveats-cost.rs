//! What a process and a thread cost: the time to start and join one, and the memory of one that waits.
//! Run it: `cargo run -p caveats --bin caveats-cost`
//! Look for: the ratio between a thread and a forked process, and how much dearer exec is, which starts from nothing.

use std::process::ExitCode;

use caveats::cost;
use lesson::{Options, say};
use process::StartMethod;

// ANCHOR: program
fn program(rounds: usize) -> lesson::Result {
    let start = cost::start(rounds)?;
    let [thread, fork, exec] = [start.thread, start.fork, start.exec].map(|time| time.as_micros());
    say!("start and join, median of {rounds}:", "開始から終了まで({rounds}回の中央値):");
    say!("  thread         {thread:>6} µs", "  スレッド: {thread} µs");
    say!("  process, fork  {fork:>6} µs", "  プロセス(fork): {fork} µs");
    say!("  process, exec  {exec:>6} µs", "  プロセス(exec): {exec} µs");

    let thread = cost::thread_memory(16)?;
    let fork = cost::process_memory(StartMethod::Fork)?;
    let exec = cost::process_memory(StartMethod::Exec)?;
    say!("memory while it waits:", "待っているあいだのメモリ:");
    say!("  thread         {thread:>6.0} KiB private", "  スレッド: {thread:.0} KiB(専有)");
    let (private, pss) = (fork.private, fork.pss);
    say!(
        "  process, fork  {private:>6} KiB private, {pss} KiB with its share of common pages",
        "  プロセス(fork): {private} KiB(専有)、共有ページの按分を含めて{pss} KiB"
    );
    let (private, pss) = (exec.private, exec.pss);
    say!(
        "  process, exec  {private:>6} KiB private, {pss} KiB with its share of common pages",
        "  プロセス(exec): {private} KiB(専有)、共有ページの按分を含めて{pss} KiB"
    );
    say!("(profile {})", "(プロファイル: {})", lesson::profile());
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    cost::register();
    let about = Options::new(
        "Measures what a process and a thread cost.",
        "プロセスとスレッドのコストを測ります。",
    )
    .number("rounds", 200, 1..=10_000, "how many of each to start", "それぞれを開始する回数");
    lesson::run(about, |given| program(given.number("rounds")))
}
