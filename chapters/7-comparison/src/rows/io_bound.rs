//! Many waits at the same time, each for a message that does not come: milliseconds until all are over,
//! with starting and joining those who wait.
//!
//! While they wait they need no processor, so the waits themselves take the same time. What differs is what it
//! costs to have somebody wait.

use std::thread;
use std::time::{Duration, Instant};

use lesson::{Result, text};
use process::Process;
use queue::{GetError, Receiver, Sender, pipe};

use crate::measure::{interleaved, settle};
use crate::row::{Kind, Measured, Sizes, Unit, Way};
use crate::rows::panicked;

/// Measures a process and a thread for each wait. See [`Row::measure`](crate::Row::measure).
///
/// # Errors
///
/// As there; and `EMFILE` if this process may not have so many descriptors open.
pub fn measure(sizes: &Sizes, rounds: usize) -> Result<Measured> {
    // A server that never answers: nobody sends into this pipe, and it does not end either.
    let (server, replies) = pipe()?;
    let [processes, threads] = interleaved(
        rounds,
        [&mut || timed(&replies, sizes, by_processes), &mut || timed(&replies, sizes, by_threads)],
    )?;
    drop::<Sender<()>>(server);
    let ways = vec![
        Way { kind: Kind::Processes, name: "process_for_each_wait".into(), spread: processes },
        Way { kind: Kind::Threads, name: "thread_for_each_wait".into(), spread: threads },
    ];
    Ok(Measured::new(Unit::Milliseconds, ways))
}

/// How long one way takes for all waits, in milliseconds.
pub(crate) fn timed(
    replies: &Receiver<()>,
    sizes: &Sizes,
    wait_for_all: fn(&Receiver<()>, &Sizes) -> Result,
) -> Result<f64> {
    settle();
    let start = Instant::now();
    wait_for_all(replies, sizes)?;
    let time = start.elapsed();
    if time < sizes.wait {
        return Err(text!("nobody waited", "誰も待ちませんでした").into());
    }
    Ok(Unit::Milliseconds.of(time))
}

// ANCHOR: both
/// Waits for a reply, in vain; `false` if one came.
fn wait(replies: Receiver<()>, time: Duration) -> bool {
    matches!(replies.recv_timeout(time), Err(GetError::Timeout))
}

pub(crate) fn by_processes(replies: &Receiver<()>, sizes: &Sizes) -> Result {
    let mut waiting = Vec::with_capacity(sizes.waits);
    for _ in 0..sizes.waits {
        waiting.push(Process::spawn(wait, (replies.try_clone()?, sizes.wait))?);
    }
    for process in waiting {
        waited(process.join()?)?;
    }
    Ok(())
}

pub(crate) fn by_threads(replies: &Receiver<()>, sizes: &Sizes) -> Result {
    let mut waiting = Vec::with_capacity(sizes.waits);
    for _ in 0..sizes.waits {
        let (replies, time) = (replies.try_clone()?, sizes.wait);
        waiting.push(thread::Builder::new().spawn(move || wait(replies, time))?);
    }
    for thread in waiting {
        waited(thread.join().map_err(panicked)?)?;
    }
    Ok(())
}
// ANCHOR_END: both

fn waited(in_vain: bool) -> Result {
    if in_vain {
        return Ok(());
    }
    Err(text!("a wait was cut short", "待機が途中で終わりました").into())
}
