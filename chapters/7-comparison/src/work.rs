//! Something to compute that needs nothing but a processor: the longest Collatz sequence.
//!
//! From n the next number is n/2 if n is even, 3n + 1 if it is odd. How many steps it takes to reach 1 nobody
//! can say without taking them, so no compiler shortens this either. And the steps are unevenly spread over the
//! numbers, as real work is.

/// The most steps that any of `count` numbers from `first` on (at least 1) takes to reach 1.
pub fn most_steps(first: u64, count: u64) -> u32 {
    (first.max(1)..first + count).map(steps).max().unwrap_or(0)
}

fn steps(mut number: u64) -> u32 {
    let mut steps = 0;
    while number != 1 {
        number = if number.is_multiple_of(2) { number / 2 } else { 3 * number + 1 };
        steps += 1;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::most_steps;

    #[test]
    fn known_records_are_found() {
        assert_eq!(most_steps(27, 1), 111);
        assert_eq!(most_steps(1, 1), 0);
        // 97 has the longest sequence below 100, 6171 below 10 000.
        assert_eq!(most_steps(1, 99), 118);
        assert_eq!(most_steps(1, 9_999), 261);
        assert!(most_steps(1, 6_170).max(most_steps(6_172, 3_828)) < 261);
    }
}
