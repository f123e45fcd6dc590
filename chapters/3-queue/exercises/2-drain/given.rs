//! What answers to `queue/2-drain` are given: what a worker has to report.

use std::env;
use std::process::id;

/// What a worker has found: on most days two things, on one of ten a hundred.
///
/// Under the check, as many as `CHECKED` says.
pub fn findings(worker: u32) -> Vec<String> {
    let checked = env::var("CHECKED").ok().and_then(|number| number.parse().ok());
    let many = checked.unwrap_or(if id().is_multiple_of(10) { 100 } else { 2 });
    (1..=many).map(|number: u32| format!("worker {worker}, finding {number}")).collect()
}
