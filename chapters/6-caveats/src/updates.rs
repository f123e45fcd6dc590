//! Two processes that count in shared memory at the same time, and what arrives.

use process::Process;
use queue::{Receiver, Sender, pipe};
use serde::{Deserialize, Serialize};

use crate::{Counter, SharedError, Value};

/// How a process adds one to a shared number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// Reads it, adds, writes it back: wrong.
    TwoSteps,
    /// In one operation of the processor.
    Atomic,
    /// While it holds a lock.
    Lock,
}

/// How many updates were made, and how many arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Updates {
    /// What both processes added together.
    pub made: u64,
    /// What the shared number stood at afterwards.
    pub arrived: u64,
}

impl Updates {
    /// How many are missing.
    pub fn lost(&self) -> u64 {
        self.made.saturating_sub(self.arrived)
    }
}

/// What a counting process is given.
#[derive(Debug, Serialize, Deserialize)]
struct Job {
    how: How,
    increments: u64,
    counter: Counter,
    value: Value<u64>,
    ready: Sender<()>,
    go: Receiver<()>,
}

// ANCHOR: count
fn count(job: Job) -> Result<(), String> {
    let Job { how, increments, counter, value, ready, go } = job;
    ready.send(()).map_err(|error| error.to_string())?;
    // Nothing is ever sent: this ends for both at the moment when the parent closes the other end.
    let _ = go.recv();
    for _ in 0..increments {
        match how {
            How::TwoSteps => counter.add_in_two_steps(1),
            How::Atomic => _ = counter.add(1),
            How::Lock => {
                let added = value.update(|value| *value += 1);
                added.map_err(|error: SharedError| error.to_string())?;
            }
        }
    }
    Ok(())
}
// ANCHOR_END: count

/// Has two processes add one to the same number, `increments` times each. Blocks until both have ended.
///
/// They begin together: each says that it is ready, then both are let go at once.
///
/// # Errors
///
/// What [`Process::spawn`] and [`Process::join`] say, and what making shared memory and pipes says.
pub fn two_processes(how: How, increments: u64) -> lesson::Result<Updates> {
    let (counter, value) = (Counter::new()?, Value::new(0_u64)?);
    let (ready, is_ready) = pipe()?;
    let (gate, go) = pipe::<()>()?;
    let job = || -> lesson::Result<Job> {
        let (counter, value) = (counter.try_clone()?, value.clone());
        let (ready, go) = (ready.try_clone()?, go.try_clone()?);
        Ok(Job { how, increments, counter, value, ready, go })
    };
    let children = [Process::spawn(count, (job()?,))?, Process::spawn(count, (job()?,))?];
    // Ours must not keep the pipe open: if a child dies before it is ready, receiving has to end.
    drop(ready);
    for _ in &children {
        is_ready.recv()?;
    }
    drop(gate);
    for child in children {
        child.join()??;
    }
    let arrived = if how == How::Lock { value.get()? } else { counter.get() };
    Ok(Updates { made: 2 * increments, arrived })
}

/// Like [`two_processes`] with [`How::TwoSteps`], a few times until updates were lost; gives the last figures.
///
/// Two processes that happen to run one after the other lose nothing: on one core nearly always, on a busy machine
/// often.
///
/// # Errors
///
/// As [`two_processes`].
pub fn until_some_are_lost(increments: u64) -> lesson::Result<Updates> {
    let attempts = if pool::cores() == 1 { 2 } else { 50 };
    for _ in 1..attempts {
        let updates = two_processes(How::TwoSteps, increments)?;
        if updates.lost() > 0 {
            return Ok(updates);
        }
    }
    two_processes(How::TwoSteps, increments)
}
