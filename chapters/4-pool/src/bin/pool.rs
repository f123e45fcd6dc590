//! A pool of three workers squares five numbers; then the same with a worker for every core.
//! Run it: `cargo run -p pool`
//! Look for: the results in the numbers' order, and that no worker is left when the pool's scope ends.

use std::process::ExitCode;

use lesson::{Options, say, text};
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, waitpid};
use pool::Pool;

// ANCHOR: program
fn square(n: i32) -> i32 {
    n * n
}

fn program() -> lesson::Result {
    {
        let pool = Pool::new(3)?;
        let results = pool.map(square, [1, 2, 3, 4, 5])?;
        say!("results: {results:?}", "結果: {results:?}");
    } // The workers end here, and are reaped.
    no_child_is_left()?;

    let workers = pool::cores();
    let pool = Pool::new(workers)?;
    let sum: i32 = pool.map(square, 1..=100)?.iter().sum();
    say!(
        "with a worker for each of {workers} cores: the squares of 1 to 100 add up to {sum}",
        "{workers}コアに1つずつワーカーを置くと: 1から100までの二乗の和は{sum}"
    );
    Ok(())
}
// ANCHOR_END: program

fn no_child_is_left() -> lesson::Result {
    match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        Err(Errno::ECHILD) => {
            say!("workers left after the scope: 0", "スコープを出たあとに残ったワーカー: 0");
            Ok(())
        }
        other => {
            Err(text!("a worker is left: {other:?}", "ワーカーが残っています: {other:?}").into())
        }
    }
}

fn main() -> ExitCode {
    let about = Options::new(
        "A pool of worker processes squares numbers.",
        "ワーカープロセスのプールで数を二乗します。",
    );
    lesson::run(about, |_| program())
}
