//! How long something took over several rounds, and what that says.

use std::time::{Duration, Instant};

/// Runs `work` and gives its result and how long it took.
pub fn timed<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed())
}

// ANCHOR: times
/// The times of several rounds of the same work.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// No round yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one round.
    pub fn add(&mut self, time: Duration) {
        let place = self.0.partition_point(|&other| other <= time);
        self.0.insert(place, time);
    }

    /// The time in the middle: half of the rounds took less, half took more. Zero without a round.
    ///
    /// A single round that something else disturbed does not change it, as it would change an average.
    pub fn median(&self) -> Duration {
        let middle = self.0.len() / 2;
        match (self.0.len() % 2, self.0.get(middle)) {
            (_, None) => Duration::ZERO,
            (0, Some(&upper)) => (self.0[middle - 1] + upper) / 2,
            (_, Some(&time)) => time,
        }
    }

    /// The difference between the longest and the shortest round.
    pub fn spread(&self) -> Duration {
        match (self.0.first(), self.0.last()) {
            (Some(&least), Some(&most)) => most - least,
            _ => Duration::ZERO,
        }
    }
    // ANCHOR_END: times

    /// How many times as fast as `serial` this is, by the medians. 0 without a round.
    pub fn speed_up(&self, serial: &Self) -> f64 {
        let own = self.median().as_secs_f64();
        if own > 0.0 { serial.median().as_secs_f64() / own } else { 0.0 }
    }
}
