//! All rows, in the order in which they are shown.

mod cold;
mod counter;
mod cpu_bound;
mod latency;
mod pool;
mod start;
mod throughput;

use std::time::Instant;

use crate::row::Row;

/// All rows.
pub(crate) fn all() -> Vec<Row> {
    [
        start::rows(),
        throughput::pipe_rows(),
        latency::rows(),
        throughput::queue_rows(),
        pool::rows(),
        cpu_bound::rows(),
        counter::rows(),
        cold::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Makes what is started by exec known: call it first in `main`.
pub(crate) fn register() {
    process::register(start::nothing);
    ::pool::register_worker();
}

/// The mean time of `count` operations, in nanoseconds.
fn each(count: usize, mut act: impl FnMut() -> lesson::Result) -> lesson::Result<f64> {
    let start = Instant::now();
    for _ in 0..count {
        act()?;
    }
    Ok(start.elapsed().as_nanos() as f64 / count as f64)
}

/// The same, after some that are not counted: what they need is there then.
fn each_when_warm(count: usize, mut act: impl FnMut() -> lesson::Result) -> lesson::Result<f64> {
    for _ in 0..count.div_ceil(10) {
        act()?;
    }
    each(count, act)
}

/// For errors that borrow or hold what they are about: only what they say.
fn told(error: impl std::fmt::Display) -> Box<dyn std::error::Error> {
    error.to_string().into()
}
