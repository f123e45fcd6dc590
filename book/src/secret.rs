//! Names that nobody can guess: tokens, nonces.

use std::fs::File;
use std::io::Read;

/// 128 random bits of the kernel's, in hexadecimal.
///
/// # Panics
///
/// There is no `/dev/urandom`.
pub fn new() -> String {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .expect("every Linux has /dev/urandom");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether both are the same, in a time that does not tell where they differ.
pub fn same(given: &[u8], expected: &[u8]) -> bool {
    let differences = given.iter().zip(expected).fold(0, |all, (a, b)| all | (a ^ b));
    given.len() == expected.len() && differences == 0
}
