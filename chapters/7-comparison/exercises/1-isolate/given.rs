//! What answers to `comparison/1-isolate` are given: a function that may end the program that calls it.

use std::process::{abort, exit};

/// The documents are 1 to 5.
pub const DOCUMENTS: u32 = 5;

/// Counts the words of a document, by code that you did not write. Document 2 aborts whoever reads it, document 4
/// ends it with exit code 0, as if all were well.
pub fn words(document: u32) -> u32 {
    match document {
        2 => abort(),
        4 => exit(0),
        _ => document * 100,
    }
}
