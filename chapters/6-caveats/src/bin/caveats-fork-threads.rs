//! A fork while there is a second thread is refused; exec starts a child all the same.
//! Run it: `cargo run -p caveats --bin caveats-fork-threads`
//! Look for: the error that says how many threads there are, and the fork that works once the thread is joined.

use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::thread;

use lesson::{Options, say, text};
use process::{Builder, Process, SpawnError, StartMethod};

fn worker(number: u32) -> u32 {
    number * number
}

// ANCHOR: program
fn program() -> lesson::Result {
    let (keep_alive, wait) = channel::<()>();
    let second = move || {
        // Until `keep_alive` is dropped. If it held a lock, a forked child would wait for that for ever.
        let _ = wait.recv();
    };
    let thread = thread::Builder::new().spawn(second).map_err(|error| {
        text!(
            "no second thread: {error}; see `ulimit -u` and the cgroup's pids.max",
            "2個目のスレッドを開始できません: {error}。`ulimit -u`とcgroupのpids.maxを確認してください"
        )
    })?;

    match Process::spawn(worker, (3,)) {
        Err(error @ SpawnError::Threads { threads: 2 }) => {
            say!("fork with a second thread: {error}", "スレッドが2個あるときのfork: {error}");
        }
        Err(other) => return Err(other.into()),
        Ok(_) => return Err(text!("the fork was not refused", "forkが拒否されませんでした").into()),
    }

    let child = Builder::new().start(StartMethod::Exec).spawn(worker, (3,))?;
    let square = child.join()?;
    say!(
        "exec with a second thread: 3 × 3 = {square}",
        "スレッドが2個あるときのexec: 3 × 3 = {square}"
    );

    drop(keep_alive);
    thread.join().map_err(|_| text!("the thread panicked", "スレッドがパニックしました"))?;
    let square = Process::spawn(worker, (3,))?.join()?;
    say!(
        "fork after the thread was joined: 3 × 3 = {square}",
        "スレッドの終了後のfork: 3 × 3 = {square}"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    // What exec starts runs this main again, up to here.
    process::register(worker);
    let about = Options::new(
        "Forks in a program with threads, and starts by exec instead.",
        "スレッドのあるプログラムでforkを試み、代わりにexecで開始します。",
    );
    lesson::run(about, |_| program())
}
