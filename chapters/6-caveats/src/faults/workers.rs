//! Workers of a pool that end, stop, or never begin.

use std::hint::black_box;
use std::process::{abort, exit};
use std::time::{Duration, Instant};

use lesson::text;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, kill, raise};
use pool::{Builder, Pool, PoolError, TaskError};
use process::End;

use super::seen::{look, runs, until, within};
use super::stage::{Seen, Stage};

const TASKS: u32 = 100;
/// The task that its worker does not survive.
const UNLUCKY: u32 = 50;

// ANCHOR: one_ends
/// One of a hundred tasks ends its worker: its error names worker, item and end; every other result is there, and the
/// pool goes on with as many workers as before. Gives the end.
fn one_ends(stage: &mut Stage, ends: impl Fn(u32) -> u32 + Copy + 'static) -> lesson::Result<End> {
    let pool = Pool::new(2)?;
    let workers = pool.pids();
    let (mut arrived, mut failed) = (0, Vec::new());
    for (n, result) in (0..).zip(pool.try_map(ends, 0..TASKS)) {
        match result {
            Ok(value) => arrived += u32::from(value == n),
            Err(error) => failed.push(error),
        }
    }
    holds!(arrived == TASKS - 1, arrived, failed);
    let [error @ TaskError::WorkerDied { item, pid, end }] = &failed[..] else {
        return Err(format!("{failed:?}").into());
    };
    stage.note(error);
    holds!(*item == UNLUCKY as usize && workers.contains(pid), item, pid, workers);
    holds!(pool.map(ends, 0..10)? == (0..10).collect::<Vec<_>>());
    let after = pool.pids();
    holds!(after.len() == 2 && !after.contains(pid), after);
    Ok(end.clone())
}
// ANCHOR_END: one_ends

fn told(end: &End) -> String {
    text!(
        "99 of 100 results; one error: its worker {end}; the pool goes on",
        "100件中99件の結果とエラー1件(ワーカーは{end})。プールは続行"
    )
}

/// 1: the kernel has no memory left, and takes a worker.
pub(super) fn killed(stage: &mut Stage) -> Seen {
    let end = one_ends(stage, |n| {
        if n == UNLUCKY {
            let _ = raise(Signal::SIGKILL);
        }
        n
    })?;
    holds!(end.signal() == Some(Signal::SIGKILL), end);
    Ok(told(&end))
}

/// 2: a task calls `exit`, be it with success.
pub(super) fn exits(stage: &mut Stage) -> Seen {
    let zero = one_ends(stage, |n| if n == UNLUCKY { exit(0) } else { n })?;
    holds!(zero == End::Exited(0), zero);
    let end = one_ends(stage, |n| if n == UNLUCKY { exit(3) } else { n })?;
    holds!(end == End::Exited(3), end);
    Ok(told(&end))
}

/// Calls itself until the stack is full.
fn deep(n: u32) -> u32 {
    if black_box(n) == 0 { 0 } else { black_box(deep(black_box(n))) + 1 }
}

/// 3: a task aborts, or reads where no memory is: below the end of its stack.
pub(super) fn crashes(stage: &mut Stage) -> Seen {
    let aborted = one_ends(stage, |n| if n == UNLUCKY { abort() } else { n })?;
    holds!(aborted.signal() == Some(Signal::SIGABRT), aborted);
    // Rust's handler for SIGSEGV says what it was, and aborts.
    let end = one_ends(stage, |n| if n == UNLUCKY { deep(n) } else { n })?;
    holds!(matches!(end.signal(), Some(Signal::SIGABRT | Signal::SIGSEGV)), end);
    Ok(told(&end))
}

/// 13: Ctrl-C as a signal to one worker alone.
pub(super) fn interrupted(stage: &mut Stage) -> Seen {
    let end = one_ends(stage, |n| {
        if n == UNLUCKY {
            let _ = raise(Signal::SIGINT);
        }
        n
    })?;
    holds!(end.signal() == Some(Signal::SIGINT), end);
    Ok(told(&end))
}

/// 42: a task asks for more memory than there is.
pub(super) fn out_of_memory(stage: &mut Stage) -> Seen {
    let end = one_ends(stage, |n| {
        if n == UNLUCKY {
            let _ = setrlimit(Resource::RLIMIT_AS, 64 << 20, 64 << 20);
            black_box(vec![1_u8; 1 << 30]);
        }
        n
    })?;
    holds!(end.signal() == Some(Signal::SIGABRT), end);
    Ok(told(&end))
}

fn same(n: u32) -> u32 {
    n
}

fn kill_all(pool: &Pool) -> lesson::Result {
    for pid in pool.pids() {
        kill(pid, Signal::SIGKILL)?;
        holds!(within(Duration::from_secs(1), || !runs(pid)), look(pid));
    }
    Ok(())
}

/// 4: all workers are killed while they have nothing to do; later there is work, or the end.
pub(super) fn idle_killed(_: &mut Stage) -> Seen {
    let pool = Pool::new(2)?;
    let first = pool.pids();
    kill_all(&pool)?;
    let results = pool.map(same, 0..TASKS)?.len();
    let second = pool.pids();
    holds!(results == 100 && !second.iter().any(|pid| first.contains(pid)), first, second);
    kill_all(&pool)?;
    let begun = Instant::now();
    drop(pool);
    holds!(begun.elapsed() < Duration::from_secs(1), begun.elapsed());
    Ok(text!(
        "replacements do all {results} tasks; leaving the scope is prompt",
        "代わりのワーカーが{results}件すべてを処理。スコープもすぐに抜けられる"
    ))
}

/// 43: every task kills its worker, and the replacement too.
pub(super) fn every_task_kills(_: &mut Stage) -> Seen {
    let pool = Pool::new(2)?;
    let results = pool.try_map(|_: u32| _ = raise(Signal::SIGKILL), 0..20);
    let died =
        |result: &&Result<(), TaskError>| matches!(result, Err(TaskError::WorkerDied { .. }));
    let errors = results.iter().filter(died).count();
    holds!(errors == 20, results);
    holds!(pool.map(same, [7])? == [7]);
    Ok(text!(
        "{errors} errors for {errors} tasks; the pool goes on",
        "{errors}件のタスクに{errors}件のエラー。プールは続行"
    ))
}

/// 41: a task closes descriptors that are not its own, the worker's line to its parent among them.
pub(super) fn closes_everything(stage: &mut Stage) -> Seen {
    let closes = |n: u32| {
        if n == UNLUCKY {
            // An error says that a number was free.
            (3..64).for_each(|number| _ = nix::unistd::close(number));
        }
        n
    };
    let pool = Pool::new(2)?;
    let results = pool.try_map(closes, 0..TASKS);
    let died = |result: &&Result<_, _>| matches!(result, Err(TaskError::WorkerDied { .. }));
    let (arrived, died) = (results.iter().flatten().count(), results.iter().filter(died).count());
    // Results lie in shared memory, which needs no descriptor any more: whether the worker could
    // report the task before it was missed, is a race.
    holds!(arrived + died == 100 && died <= 1, arrived, died);
    stage.note(text!("{arrived} results, {died} errors", "結果{arrived}件、エラー{died}件"));
    holds!(pool.map(same, 0..TASKS)?.len() == 100);
    Ok(text!(
        "the other 99 results, and a result or an error for its own; the pool goes on",
        "ほかの99件の結果が届き、そのタスク自身は結果かエラーになる。プールは続行"
    ))
}

/// 19: what every worker does first, fails.
pub(super) fn initializer_fails(stage: &mut Stage) -> Seen {
    let built = Builder::new().workers(2).initializer(|| panic!("no licence"), ()).build();
    let Err(error @ PoolError::Initializer { .. }) = built else {
        return Err(format!("{built:?}").into());
    };
    stage.note(&error);
    holds!(error.to_string().contains("no licence"), error);
    Ok(text!(
        "no pool, but an error that says why; tried once",
        "プールは作られず、理由のわかるエラーになる(試すのは一度だけ)"
    ))
}

/// 32: a worker is stopped, as by Ctrl-Z or a debugger.
pub(super) fn stopped(_: &mut Stage) -> Seen {
    let pool = Pool::new(1)?;
    let pid = pool.pids()[0];
    kill(pid, Signal::SIGSTOP)?;
    until(pid, 'T')?;
    let task = pool.submit(same, 7);
    let Err(task) = task.wait_timeout(Duration::from_millis(50)) else {
        return Err("a stopped worker worked".into());
    };
    kill(pid, Signal::SIGCONT)?;
    holds!(task.wait()? == 7);
    kill(pid, Signal::SIGSTOP)?;
    until(pid, 'T')?;
    let begun = Instant::now();
    // Workers have a second to end by themselves.
    drop(pool);
    holds!(begun.elapsed() < Duration::from_secs(3), begun.elapsed());
    Ok(text!(
        "a wait with a deadline returns; continued, it delivers; stopped again, it does not hold up the end",
        "期限付きの待機は戻る。再開すれば結果が届き、停止したままでも終了を妨げない"
    ))
}
