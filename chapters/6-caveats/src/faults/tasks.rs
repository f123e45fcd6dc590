//! What tasks do to their pool, and programs to their tasks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use lesson::text;
use nix::sys::signal::{Signal, kill};
use nix::unistd::pause;
use pool::{Pool, TaskError};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::seen::{runs, within};
use super::stage::{Seen, Stage};

fn square(n: u64) -> u64 {
    n * n
}

fn endless(_: ()) {
    loop {
        pause();
    }
}

/// A result that cannot leave the worker (1), or not be understood here (2).
#[derive(Debug)]
struct Stubborn(u64);

impl Serialize for Stubborn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == 1 {
            return Err(S::Error::custom("this stays here"));
        }
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for Stubborn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            2 => Err(D::Error::custom("what is that?")),
            n => Ok(Self(n)),
        }
    }
}

/// 10: a result cannot be encoded, another one not decoded.
pub(super) fn not_coded(stage: &mut Stage) -> Seen {
    let pool = Pool::new(2)?;
    let results = pool.try_map(Stubborn, 0..100);
    let arrived = results.iter().flatten().count();
    for (item, result) in [(1, &results[1]), (2, &results[2])] {
        let Err(error @ TaskError::NotCoded { item: named, .. }) = result else {
            return Err(format!("{result:?}").into());
        };
        holds!(*named == item, error);
        stage.note(error);
    }
    holds!(arrived == 98, arrived);
    Ok(text!(
        "98 of 100 results, and two errors that name their items",
        "100件中98件の結果と、項目を示すエラー2件"
    ))
}

/// 17: the scope is left while a task runs.
pub(super) fn left_pending(stage: &mut Stage) -> Seen {
    let pool = Pool::new(1)?;
    let (running, waiting) = (pool.submit(endless, ()), pool.submit(square, 3));
    let begun = Instant::now();
    drop(pool);
    let (running, waiting) = (running.wait(), waiting.wait());
    holds!(begun.elapsed() < Duration::from_secs(1), begun.elapsed());
    holds!(running == Err(TaskError::PoolClosed), running);
    holds!(waiting == Err(TaskError::PoolClosed), waiting);
    stage.note(TaskError::PoolClosed);
    Ok(text!("both handles get an error at once", "二つのハンドルはどちらもすぐにエラーになる"))
}

/// 23: a task never ends.
pub(super) fn never_ends(_: &mut Stage) -> Seen {
    let pool = Pool::new(1)?;
    let pid = pool.pids()[0];
    let task = pool.submit(endless, ()).wait_timeout(Duration::from_millis(50));
    holds!(task.is_err());
    let begun = Instant::now();
    pool.terminate();
    holds!(begun.elapsed() < Duration::from_secs(1), begun.elapsed());
    holds!(!runs(pid), pid);
    Ok(text!(
        "a wait with a deadline returns; terminating kills the worker",
        "期限付きの待機は戻る。terminateでワーカーを強制終了できる"
    ))
}

/// 24: somebody wants five results of endlessly many.
pub(super) fn endless_source(_: &mut Stage) -> Seen {
    let pool = Pool::new(2)?;
    let taken = Rc::new(Cell::new(0_u64));
    let counted = Rc::clone(&taken);
    let source = std::iter::from_fn(move || {
        counted.set(counted.get() + 1);
        Some(counted.get())
    });
    let five: Vec<u64> = pool.imap(square, source).take(5).collect::<Result<_, _>>()?;
    let most = 64;
    holds!(five == [1, 4, 9, 16, 25], five);
    holds!(taken.get() <= most, taken);
    Ok(text!(
        "five results, and at most {most} items taken from the source",
        "結果は5件。元から取り出す項目は多くても{most}件"
    ))
}

thread_local! {
    static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

/// 26: a task hands a task to its own pool, and waits for it.
pub(super) fn own_pool(stage: &mut Stage) -> Seen {
    let within_task = |n: u64| {
        POOL.with_borrow(|pool| {
            let task = pool.as_ref().map(|pool| pool.submit(square, n).wait());
            task.map(|result| result.map_err(|error| error.to_string()))
        })
    };
    POOL.set(Some(Pool::new(1)?));
    let result = POOL.with_borrow(|pool| {
        let Some(pool) = pool else { return Err("no pool".to_owned()) };
        // The first worker was forked before the pool stood here; its replacement finds it.
        for pid in pool.pids() {
            kill(pid, Signal::SIGKILL).map_err(|error| error.to_string())?;
            within(Duration::from_secs(1), || !runs(pid));
        }
        pool.map(within_task, [3]).map_err(|error| error.to_string())
    });
    POOL.take();
    let refusal = TaskError::OtherProcess.to_string();
    holds!(result == Ok(vec![Some(Err(refusal.clone()))]), result);
    stage.note(refusal);
    Ok(text!("the task gets an error at once", "タスクはすぐにエラーを受け取る"))
}
