//! How many repetitions make a sample long enough to be measured.

use std::collections::BTreeMap;
use std::time::Duration;

use lesson::Result;

/// Learns, for each value of what is varied, how often something has to be repeated to take a certain time.
#[derive(Debug)]
pub struct Pace {
    aim: Duration,
    counts: BTreeMap<u64, usize>,
}

impl Pace {
    /// For samples that take about `aim`.
    pub fn new(aim: Duration) -> Self {
        Self { aim, counts: BTreeMap::new() }
    }

    /// Has `act` done so many times, and gives the seconds of each. `act` says how long all of them took.
    ///
    /// # Errors
    ///
    /// Those of `act`.
    pub fn each(&mut self, x: f64, act: impl FnOnce(usize) -> Result<Duration>) -> Result<f64> {
        let count = self.counts.entry(x.to_bits()).or_insert(16);
        let took = act(*count)?;
        let each = took.as_secs_f64() / *count as f64;
        // By steps: one sample that was disturbed must not make the next one a hundred times as long.
        let factor = self.aim.as_secs_f64() / took.as_secs_f64().max(1e-9);
        *count = ((*count as f64 * factor.clamp(0.25, 8.0)) as usize).clamp(2, 1 << 24);
        Ok(each)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;

    #[test]
    fn samples_become_as_long_as_they_should_be() {
        let mut pace = Pace::new(Duration::from_millis(10));
        let mut last = Duration::ZERO;
        for _ in 0..10 {
            let each = pace.each(1.0, |count| {
                last = Duration::from_micros(count as u64);
                Ok(last)
            });
            assert!((each.unwrap() - 1e-6).abs() < 1e-12);
        }
        assert_eq!(last, Duration::from_millis(10));
    }
}
