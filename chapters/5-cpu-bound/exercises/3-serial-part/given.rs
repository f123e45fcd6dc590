//! What answers to `cpu-bound/3-serial-part` are given: three steps from a scanned page to its mistakes.

use std::hint::black_box;

/// The pages are 0 to one below this.
pub const PAGES: u32 = 40;

/// The first step: makes a scanned page sharper.
pub fn sharpen(page: u32) -> u64 {
    compute(u64::from(page), 3)
}

/// The second step: reads the sharpened page.
pub fn read(sharpened: u64) -> u64 {
    compute(sharpened, 4)
}

/// The third step: looks for mistakes in the text, and gives how many there are.
pub fn proof(text: u64) -> u64 {
    compute(text, 3) % 10
}

/// Takes about so many milliseconds, and never waits.
fn compute(mut value: u64, millis: u32) -> u64 {
    for _ in 0..millis * 1_400_000 {
        value = black_box(value).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    }
    value >> 32
}
