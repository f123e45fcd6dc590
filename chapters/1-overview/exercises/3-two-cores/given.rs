//! What answers to `overview/3-two-cores` are given: work that takes a while.

/// The work of the exercise: how many of the numbers below this one are prime.
pub const LIMIT: u32 = 60_000;

/// Whether a number is prime.
///
/// On purpose by the slowest way: it is divided by every smaller one until a division comes out even. So a prime costs
/// the more the larger it is, and a number that is none costs little.
pub fn is_prime(number: u32) -> bool {
    number > 1 && (2..number).all(|it| !number.is_multiple_of(it))
}
