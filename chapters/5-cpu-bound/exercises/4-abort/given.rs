//! What answers to `cpu-bound/4-abort` are given: parts of a computation, two of which fail, each in its own way.

use std::process::abort;

use cpu_bound::heavy::heavy_computation;

/// The parts are 1 to 8.
pub const PARTS: u64 = 8;

/// Computes a part. Part 5 aborts its process, as a library written in C does that has found itself in error; part 7
/// panics.
pub fn part(number: u64) -> u64 {
    match number {
        5 => abort(),
        7 => panic!("part 7"),
        _ => heavy_computation(number),
    }
}
