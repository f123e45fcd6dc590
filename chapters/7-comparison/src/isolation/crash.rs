//! One of four workers aborts while the others are in the middle of their work.
//!
//! The order is made certain: all have begun before one crashes, and the others go on only after it has.

use std::thread;
use std::time::Duration;

use lesson::{Result, text};
use process::Process;
use queue::{Consumer, Producer, Queue};
use serde::{Deserialize, Serialize};

use super::Shown;
use crate::row::Kind;
use crate::work::most_steps;

/// How many workers there are besides the one that crashes.
const OTHERS: usize = 3;
/// A worker that has not begun by then never will.
const PATIENCE: Duration = Duration::from_secs(30);
/// What has not died of the crash by then lives on.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// What a worker is given: it tells that it has begun, waits until it may go on, and tells its result.
#[derive(Serialize, Deserialize)]
struct Ends {
    begun: Producer<()>,
    go_on: Consumer<()>,
    done: Producer<u32>,
}

/// Fails only when its parent is gone, and then nobody is left to be told.
fn work(ends: Ends) {
    let Ends { begun, go_on, done } = ends;
    if begun.put(()).is_ok() && go_on.get().is_ok() {
        let _ = done.put(most_steps(1, 1_000));
    }
}

fn crash(ends: Ends) {
    if ends.begun.put(()).is_ok() && ends.go_on.get().is_ok() {
        // As after a double free, or a failed check in a C library: no destructor runs, nothing can be caught.
        std::process::abort();
    }
}

/// All workers as threads of one process.
fn host(crashing: Ends, others: Vec<Ends>) {
    thread::scope(|scope| {
        others.into_iter().for_each(|ends| _ = scope.spawn(|| work(ends)));
        scope.spawn(|| crash(crashing));
    });
}

/// Lets one crash, then lets the others go on. See [`Isolation::show`](super::Isolation::show).
///
/// # Errors
///
/// As there.
pub fn show(kind: Kind) -> Result<Shown> {
    let (mut begun, first, rest) = (Queue::new(1 + OTHERS)?, Queue::new(1)?, Queue::new(OTHERS)?);
    let mut done = Queue::new(OTHERS)?;
    let ends = |go_on: &Queue<()>| -> Result<Ends> {
        Ok(Ends { begun: begun.producer()?, go_on: go_on.consumer()?, done: done.producer()? })
    };
    let crashing = ends(&first)?;
    let others = (0..OTHERS).map(|_| ends(&rest)).collect::<Result<Vec<_>>>()?;
    let (mut victim, alive) = match kind {
        Kind::Processes => {
            let victim = Process::spawn(crash, (crashing,))?;
            let alive = others.into_iter().map(|ends| Process::spawn(work, (ends,)));
            (victim, alive.collect::<std::result::Result<Vec<_>, _>>()?)
        }
        Kind::Threads => (Process::spawn(host, (crashing, others))?, Vec::new()),
    };
    // Only workers can tell anything from here on: once none is left, waiting for them ends.
    begun.close();
    done.close();
    for _ in 0..=OTHERS {
        begun.get_timeout(PATIENCE)?;
    }
    first.put(())?;
    victim.wait_timeout(AFTERWARDS)?;
    for _ in 0..OTHERS {
        rest.put(())?;
    }
    let arrived = std::iter::from_fn(|| done.get_timeout(PATIENCE).ok()).count();
    let end = victim.wait()?;
    if end.exit_code() == 0 {
        return Err(text!("nobody crashed", "誰もクラッシュしませんでした").into());
    }
    for process in alive {
        process.join()?;
    }
    let all = 1 + OTHERS;
    let steps = vec![
        text!(
            "{all} workers began; one of them aborted",
            "{all}個のワーカーが開始し、1個が異常終了"
        ),
        text!("the parent was told that its process {end}", "親プロセスへの通知: プロセスは{end}"),
        text!(
            "of the {OTHERS} others, {arrived} finished and gave their results",
            "ほかの{OTHERS}個のうち、{arrived}個が最後まで働いて結果を返しました"
        ),
    ];
    Ok(Shown {
        isolated: arrived == OTHERS,
        outcome: text!("{arrived} of {OTHERS} others go on", "ほか{OTHERS}個中{arrived}個が続行"),
        steps,
    })
}
