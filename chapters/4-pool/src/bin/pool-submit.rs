//! Tasks one by one: hand one in, go on, ask for its result later; and one that never ends.
//! Run it: `cargo run -p pool --bin pool-submit`
//! Look for: the endless task does not keep the program. Who ends it, and what becomes of its result?

use std::process::ExitCode;
use std::time::{Duration, Instant};

use lesson::{Options, say, text};
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::pause;
use pool::{Pool, TaskError};

// ANCHOR: program
fn double(n: u64) -> u64 {
    n * 2
}

fn endless(_: ()) {
    loop {
        pause();
    }
}

fn program() -> lesson::Result {
    let patience = Duration::from_millis(200);
    let pool = Pool::new(2)?;
    let doubled = pool.submit(double, 21);
    let endless = pool.submit(endless, ());
    say!("double: {}", "2倍: {}", doubled.wait()?);
    let Err(endless) = endless.wait_timeout(patience) else {
        return Err(text!("it ended", "終わらないはずのタスクが終わりました").into());
    };
    say!(
        "the endless task is not done after {} ms",
        "終わらないタスクは{}ミリ秒待っても完了しません",
        patience.as_millis()
    );
    let left = Instant::now();
    drop(pool); // As at the end of its scope: what still runs is killed, and reaped.
    match endless.wait() {
        Err(TaskError::PoolClosed) => {}
        other => return Err(text!("not closed: {other:?}", "閉じられていません: {other:?}").into()),
    }
    let error = TaskError::PoolClosed;
    say!("its result once the pool is gone: {error}", "プールがなくなった後の結果: {error}");
    if left.elapsed() > Duration::from_secs(5) {
        return Err(text!("leaving took too long", "終了に時間がかかりすぎました").into());
    }
    match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        Err(Errno::ECHILD) => say!("workers left: 0", "残ったワーカー: 0"),
        other => return Err(text!("left: {other:?}", "残っています: {other:?}").into()),
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Hands in single tasks, waits for one with a deadline, and leaves an endless one.",
        "タスクを一つずつ渡し、期限つきで待ち、終わらないタスクを残して終了します。",
    );
    lesson::run(about, |_| program())
}
