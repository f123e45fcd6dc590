//! The numbers spread over the worker processes of a pool.

use pool::{Pool, TaskError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Calls `work` for each number in the pool's workers; the results are in the numbers' order. Blocks.
///
/// Each worker is sent the next number as soon as it is free: one number is much more work than its message.
///
/// # Errors
///
/// The first number's that failed: its call panicked, or its worker died.
pub fn run<R, F>(pool: &Pool, work: F, numbers: &[u64]) -> Result<Vec<R>, TaskError>
where
    F: Fn(u64) -> R + Copy + 'static,
    R: Serialize + DeserializeOwned,
{
    pool.map_chunked(work, numbers.iter().copied(), 1)
}
