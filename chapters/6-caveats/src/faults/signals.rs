//! Signals: Ctrl-C, and so many that no call is left alone.

use std::time::{Duration, Instant};

use lesson::text;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, setpgid};
use pool::Pool;
use process::Process;
use queue::{Sender, pipe};
use serde_bytes::ByteBuf;

use super::seen::{running_in_group, within};
use super::stage::{Seen, Stage};
use crate::{Value, sys};

fn map_for_ever(ready: Sender<()>) -> Result<(), String> {
    let error = |error: &dyn std::fmt::Display| error.to_string();
    setpgid(Pid::from_raw(0), Pid::from_raw(0)).map_err(|it| error(&it))?;
    let pool = Pool::new(4).map_err(|it| error(&it))?;
    pool.map(|n: u64| n, 0..4).map_err(|it| error(&it))?;
    ready.send(()).map_err(|it| error(&it))?;
    loop {
        pool.map(|n: u64| (0..n).fold(n, |sum, n| sum ^ n), 0..4000).map_err(|it| error(&it))?;
    }
}

/// 12: Ctrl-C during `map` with four workers: the terminal sends `SIGINT` to the whole group.
pub(super) fn ctrl_c(stage: &mut Stage) -> Seen {
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let (sender, ready) = pipe()?;
        let mut child = Process::spawn(map_for_ever, (sender,))?;
        ready.recv()?;
        let begun = Instant::now();
        let group = child.pid();
        killpg(group, Signal::SIGINT)?;
        let ended = child.wait_timeout(Duration::from_secs(1))?;
        holds!(ended.is_some_and(|end| end.signal() == Some(Signal::SIGINT)));
        holds!(within(Duration::from_secs(1), || running_in_group(group) == 0));
        slowest = slowest.max(begun.elapsed());
    }
    let lines = stage.stderr()?.lines().count();
    holds!(slowest < Duration::from_secs(1) && lines == 0, slowest, stage.stderr());
    stage.note(text!("the slowest of 20 took {slowest:?}", "20回のうち最も遅いもので{slowest:?}"));
    Ok(text!(
        "20 of 20 end within a second, {lines} lines of error, no process left",
        "20回とも1秒以内に終わる。エラーは{lines}行、残るプロセスもない"
    ))
}

/// Sends signals to some processes as fast as it can.
fn shoot(at: Vec<i32>) {
    loop {
        for &pid in &at {
            if kill(Pid::from_raw(pid), Signal::SIGUSR1).is_err() {
                return;
            }
        }
    }
}

/// 33: signals arrive all the time, and each breaks off the call that it comes into.
pub(super) fn interrupts(stage: &mut Stage) -> Seen {
    sys::catch(Signal::SIGUSR1)?;
    let pool = Pool::new(2)?;
    let at: Vec<i32> = pool.pids().into_iter().chain([Pid::this()]).map(Pid::as_raw).collect();
    let mut shooter = Process::spawn(shoot, (at,))?;
    let begun = Instant::now();
    let bytes = |n: usize| ByteBuf::from(vec![7; n]);
    let mut rounds = 0;
    // On a busy machine it takes a while until there were many.
    while begun.elapsed() < Duration::from_millis(400) || sys::caught() < 200 {
        let lengths = pool.map(bytes, [1, 100_000, 3_000_000, 10])?;
        holds!(lengths.iter().map(|it| it.len()).eq([1, 100_000, 3_000_000, 10]));
        let (sender, receiver) = pipe()?;
        let send = |sender: Sender<ByteBuf>| {
            (0..20).for_each(|_| _ = sender.send(ByteBuf::from(vec![1; 100_000])));
        };
        let child = Process::spawn(send, (sender,))?;
        let mut items = 0;
        while receiver.recv().is_ok() {
            items += 1;
        }
        child.join()?;
        holds!(items == 20, items);
        let value = Value::new(0_u64)?;
        let add =
            |value: Value<u64>| (0..1000).try_for_each(|_| value.update(|it| *it += 1)).is_ok();
        let child = Process::spawn(add, (value.clone(),))?;
        (0..1000).try_for_each(|_| value.update(|it| *it += 1))?;
        holds!(child.join()? && value.get()? == 2000);
        rounds += 1;
    }
    shooter.kill()?;
    shooter.wait()?;
    let caught = sys::caught();
    stage.note(text!("{caught} signals in {rounds} rounds", "{rounds}周の間にシグナル{caught}個"));
    Ok(text!(
        "pool, pipe, join and lock lose nothing and report nothing",
        "プール、パイプ、join、ロックのどれも、何も失わずエラーにもならない"
    ))
}
