//! One number after another, in this process.

/// Calls `work` for each number. Takes as long as all calls together.
pub fn run<R>(work: impl Fn(u64) -> R, numbers: &[u64]) -> Vec<R> {
    numbers.iter().map(|&number| work(number)).collect()
}
