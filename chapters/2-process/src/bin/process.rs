//! Three processes, each with a pid of its own, and how each of them ended.
//! Run it: `cargo run -p process`
//! Look for: three pids, none of them the parent's. Does the order of the first lines ever change?

use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;

// ANCHOR: worker
fn worker(number: u32) {
    let pid = std::process::id();
    say!("Process {number} running (PID: {pid})", "プロセス {number} 実行中 (PID: {pid})");
}
// ANCHOR_END: worker

// ANCHOR: program
fn program() -> lesson::Result {
    let mut processes = Vec::new();
    for number in 0..3 {
        processes.push(Process::spawn(worker, (number,))?);
    }
    for (number, mut process) in processes.into_iter().enumerate() {
        let (pid, end) = (process.pid(), process.wait()?);
        say!("Process {number} (PID: {pid}) {end}", "プロセス {number} (PID: {pid})は{end}");
        process.join()?;
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Starts three processes and joins them.",
        "三つのプロセスを開始し、終了を待ちます。",
    );
    lesson::run(about, |_| program())
}
