//! One worker that does nothing: microseconds to start and join it.

use std::thread;
use std::time::Instant;

use lesson::Result;
use process::Process;

use crate::measure::{interleaved, settle};
use crate::row::{Kind, Measured, Sizes, Unit, Way};
use crate::rows::panicked;

/// Measures a forked process and a thread. See [`Row::measure`](crate::Row::measure).
///
/// # Errors
///
/// As there.
pub fn measure(sizes: &Sizes, rounds: usize) -> Result<Measured> {
    let starts = sizes.starts;
    let each = |start_and_join: fn() -> Result| {
        settle();
        let start = Instant::now();
        for _ in 0..starts {
            start_and_join()?;
        }
        Ok(Unit::Microseconds.of(start.elapsed()) / f64::from(starts))
    };
    let [processes, threads] = interleaved(rounds, [&mut || each(process), &mut || each(thread)])?;
    let ways = vec![
        Way { kind: Kind::Processes, name: "fork".into(), spread: processes },
        Way { kind: Kind::Threads, name: "thread".into(), spread: threads },
    ];
    Ok(Measured::new(Unit::Microseconds, ways))
}

fn nothing() {}

fn process() -> Result {
    Ok(Process::spawn(nothing, ())?.join()?)
}

fn thread() -> Result {
    Ok(thread::Builder::new().spawn(nothing)?.join().map_err(panicked)?)
}
