//! Processes that begin or end in the wrong way.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use lesson::text;
use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, close, pause};
use pool::{Pool, TaskError};
use process::{Builder, End, JoinError, Process, SpawnError};
use queue::{Sender, pipe};

use super::seen::{children, look, runs, until, within};
use super::stage::{Seen, Stage};
use crate::sys;

fn nothing() {}

/// 9: a fork while another thread holds a lock.
pub(super) fn fork_with_threads(stage: &mut Stage) -> Seen {
    let lock = Arc::new(Mutex::new(()));
    let (release, released) = mpsc::channel::<()>();
    let (held, is_held) = mpsc::channel();
    let theirs = Arc::clone(&lock);
    let holder = thread::Builder::new().spawn(move || {
        let _guard = theirs.lock();
        let _ = held.send(());
        let _ = released.recv();
    })?;
    is_held.recv()?;
    let refused = Process::spawn(nothing, ());
    drop(release);
    let _ = holder.join();
    let Err(error @ SpawnError::Threads { threads: 2 }) = refused else {
        return Err(format!("{refused:?}").into());
    };
    stage.note(error);
    Process::spawn(nothing, ())?.join()?;
    Ok(text!(
        "refused, with the number of threads; allowed again once the thread has ended",
        "スレッド数を示して拒否する。スレッドが終われば、また許可される"
    ))
}

/// 11: 20 children end, and nobody joins them.
pub(super) fn not_joined(_: &mut Stage) -> Seen {
    let handles = (0..20).map(|_| Process::spawn(nothing, ())).collect::<Result<Vec<_>, _>>()?;
    for handle in &handles {
        until(handle.pid(), 'Z')?;
    }
    drop(handles);
    let left = children()?;
    holds!(left.is_empty(), left);
    Ok(text!("no zombie once the handles are dropped", "ハンドルが破棄されると、ゾンビは残らない"))
}

/// What a parent with a pool and a child does until it is killed.
fn parent(told: Sender<Vec<i32>>) -> Result<(), String> {
    let error = |error: &dyn std::fmt::Display| error.to_string();
    let pool = Pool::new(2).map_err(|it| error(&it))?;
    let _busy = pool.submit(|()| pause(), ());
    let child = Builder::new().die_with_parent(true).spawn(pause, ());
    let child = child.map_err(|it| error(&it))?;
    let pids = pool.pids().into_iter().chain([child.pid()]).map(Pid::as_raw);
    told.send(pids.collect()).map_err(|it| error(&it))?;
    pause();
    Ok(())
}

/// 16: a parent with a pool and a child is killed (`SIGKILL`), or asked to end (`SIGTERM`).
pub(super) fn parent_killed(_: &mut Stage) -> Seen {
    for signal in [Signal::SIGKILL, Signal::SIGTERM] {
        let (sender, told) = pipe()?;
        let mut parent = Process::spawn(parent, (sender,))?;
        let pids: Vec<Pid> = told.recv()?.into_iter().map(Pid::from_raw).collect();
        holds!(pids.len() == 3 && pids.iter().all(|&pid| runs(pid)), pids);
        parent.signal(signal)?;
        parent.wait()?;
        for pid in pids {
            holds!(within(Duration::from_secs(1), || !runs(pid)), signal, look(pid));
        }
    }
    Ok(text!(
        "its workers end, and the child that was asked to die with it",
        "ワーカーも、親プロセスとともに終了するよう設定した子プロセスも終了する"
    ))
}

fn out_of_paper() {
    panic!("out of paper");
}

/// 22: what a child runs panics.
pub(super) fn child_panics(stage: &mut Stage) -> Seen {
    let joined = Process::spawn(out_of_paper, ())?.join();
    let Err(error @ JoinError::Ended { end, .. }) = &joined else {
        return Err(format!("{joined:?}").into());
    };
    holds!(*end == End::Panicked("out of paper".to_owned()) && end.exit_code() == 101, end);
    holds!(stage.stderr()?.contains("out of paper"), stage.stderr());
    stage.note(error);
    Ok(text!(
        "exit code 101, the message on standard error and in the error of join",
        "終了コード101。メッセージは標準エラー出力とjoinのエラーの両方に出る"
    ))
}

fn start_and_tell(told: Sender<i32>) {
    let _ = told.send(0);
    loop {
        let Ok(pool) = Pool::new(2) else { return };
        for pid in pool.pids() {
            let _ = told.try_send(pid.as_raw());
        }
    }
}

/// 38: a parent is killed anywhere between the fork of a worker and the moment when it knows of it.
pub(super) fn killed_while_starting(_: &mut Stage) -> Seen {
    for round in 0..40_u64 {
        let (sender, told) = pipe()?;
        let mut parent = Process::spawn(start_and_tell, (sender,))?;
        told.recv()?;
        thread::sleep(Duration::from_micros(round * 97));
        parent.kill()?;
        parent.wait()?;
        // A worker holds no copy of this pipe; whether any lives on is seen when this stage has ended.
        drop(told);
    }
    Ok(text!(
        "40 parents killed while they start workers: no worker lives on",
        "ワーカーの開始中に親プロセスを40回強制終了しても、ワーカーは残らない"
    ))
}

/// 39: whoever started this program ignores `SIGCHLD`, and so does it: the kernel throws away how children end.
pub(super) fn sigchld_ignored(stage: &mut Stage) -> Seen {
    sys::ignore(Signal::SIGCHLD)?;
    // The kernel reaps at once, perhaps before the child is known, perhaps after.
    let told = match Process::spawn(nothing, ()).map(Process::join) {
        Ok(Err(error @ JoinError::Wait { .. })) => error.to_string(),
        Err(error @ SpawnError::System { source: Errno::ESRCH, .. }) => error.to_string(),
        other => return Err(format!("{other:?}").into()),
    };
    stage.note(told);
    let pool = Pool::new(2)?;
    let results = pool.try_map(
        |n: u32| {
            if n == 5 {
                let _ = nix::sys::signal::raise(Signal::SIGKILL);
            }
            n
        },
        0..10,
    );
    let arrived = results.iter().flatten().count();
    holds!(arrived == 9, results);
    let Err(error @ TaskError::WorkerDied { item: 5, .. }) = &results[5] else {
        return Err(format!("{:?}", results[5]).into());
    };
    stage.note(error);
    drop(pool);
    Ok(text!(
        "join says so instead of waiting; a pool still tells which item died",
        "joinは待ち続けずにそれを伝える。プールは、どの項目が失われたかも示せる"
    ))
}

fn read_to_end(sender: Sender<u8>) {
    drop(sender);
}

/// 40: standard input is closed, so its number is given to the next thing that is opened.
pub(super) fn stdin_closed(_: &mut Stage) -> Seen {
    close(0)?;
    let (sender, receiver) = pipe::<u8>()?;
    // A sibling that keeps "standard input" must not keep the write end by that.
    let mut sibling = Process::spawn(pause, ())?;
    let writer = Process::spawn(read_to_end, (sender,))?;
    writer.join()?;
    let end = receiver.recv_timeout(Duration::from_secs(1));
    sibling.kill()?;
    sibling.wait()?;
    holds!(matches!(end, Err(queue::GetError::Disconnected)), end);
    let pool = Pool::new(2)?;
    let sum: u32 = pool.map(|n: u32| n * n, 0..100)?.iter().sum();
    drop(pool);
    drop(receiver);
    std::mem::forget(std::fs::File::open("/dev/null")?);
    holds!(sum == 328_350, sum);
    Ok(text!(
        "streams end, and a pool works, all the same",
        "それでもストリームは終わり、プールも動く"
    ))
}
