//! What answers to `cpu-bound/2-messages` are given: very many very small tasks.

/// The numbers are 1 to one below this.
pub const LIMIT: u64 = 2_000_000;

/// How many steps a number takes to 1: an even one is halved, an odd one becomes three times itself and one.
pub fn steps(number: u64) -> u32 {
    let (mut at, mut steps) = (number, 0);
    while at != 1 {
        at = if at.is_multiple_of(2) { at / 2 } else { 3 * at + 1 };
        steps += 1;
    }
    steps
}
