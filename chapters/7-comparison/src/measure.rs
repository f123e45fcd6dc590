//! Repeated rounds that alternate, and the spread of what they gave.
//!
//! A machine drifts: it gets warm, somebody else begins to compute. If all rounds of one way came before all
//! of the other, the drift would look like a difference. So the ways take turns: A B A B.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use lesson::Result;
use serde::Serialize;

/// Where the middle half of some samples lies, and the middle of that.
///
/// Medians and quartiles, not averages: one round that came upon a busy moment moves an average, not these.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// A quarter of the samples is below this.
    pub lower_quartile: f64,
    /// Half of them are below this.
    pub median: f64,
    /// A quarter of them is above this.
    pub upper_quartile: f64,
    /// The samples, in the order in which they were measured.
    pub samples: Vec<f64>,
}

impl Spread {
    /// The spread of some samples. Between two samples a quartile is interpolated.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn of(samples: Vec<f64>) -> Self {
        assert!(!samples.is_empty(), "the spread of nothing");
        let mut sorted = samples.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * (sorted.len() - 1) as f64;
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            below + (above - below) * place.fract()
        };
        Self { lower_quartile: at(0.25), median: at(0.5), upper_quartile: at(0.75), samples }
    }

    /// The lowest sample.
    pub fn lowest(&self) -> f64 {
        self.samples.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The highest sample.
    pub fn highest(&self) -> f64 {
        self.samples.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// One measurement: does the work once and gives its figure.
pub type Once<'a> = &'a mut dyn FnMut() -> Result<f64>;

/// Measures each of `ways` so many times, by turns, after one turn that does not count. Blocks meanwhile.
///
/// The first turn pays for what is there afterwards: memory that was never touched, a processor that idled.
///
/// # Errors
///
/// The first one of a measurement.
///
/// # Panics
///
/// If `rounds` is zero.
pub fn interleaved<const N: usize>(rounds: usize, mut ways: [Once<'_>; N]) -> Result<[Spread; N]> {
    let mut samples = [const { Vec::new() }; N];
    for round in 0..=rounds {
        for (way, samples) in ways.iter_mut().zip(&mut samples) {
            let figure = way()?;
            if round > 0 {
                samples.push(figure);
            }
        }
    }
    Ok(samples.map(Spread::of))
}

/// Waits until threads that were joined have left the kernel's list, before a time is taken that forks.
///
/// A fork waits for that itself, for a quarter of a millisecond at a time, which would be counted to the process.
pub fn settle() {
    let threads = || fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    let patience = Instant::now() + Duration::from_millis(10);
    while threads() > 1 && Instant::now() < patience {
        thread::yield_now();
    }
}

#[cfg(test)]
mod tests {
    use super::{Spread, interleaved};

    #[test]
    fn quartiles_are_interpolated_and_samples_keep_their_order() {
        let spread = Spread::of(vec![4.0, 1.0, 3.0, 2.0]);
        assert_eq!(
            (spread.lower_quartile, spread.median, spread.upper_quartile),
            (1.75, 2.5, 3.25)
        );
        assert_eq!(spread.samples, [4.0, 1.0, 3.0, 2.0]);
        let single = Spread::of(vec![7.0]);
        assert_eq!((single.lower_quartile, single.median, single.upper_quartile), (7.0, 7.0, 7.0));
    }

    #[test]
    fn one_wild_sample_moves_neither_median_nor_quartiles_far() {
        let calm = Spread::of(vec![1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6]);
        let wild = Spread::of(vec![1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1000.0]);
        assert_eq!(calm.median, wild.median);
        assert_eq!(calm.upper_quartile, wild.upper_quartile);
    }

    #[test]
    fn ways_take_turns_and_the_first_turn_does_not_count() {
        let turns = std::cell::RefCell::new(String::new());
        let (mut a, mut b) = (0.0, 100.0);
        let mut first = || {
            turns.borrow_mut().push('A');
            a += 1.0;
            Ok(a)
        };
        let mut second = || {
            turns.borrow_mut().push('B');
            b += 1.0;
            Ok(b)
        };
        let [a, b] = interleaved(3, [&mut first, &mut second]).unwrap();
        assert_eq!(turns.into_inner(), "ABABABAB");
        assert_eq!(a.samples, [2.0, 3.0, 4.0]);
        assert_eq!(b.samples, [102.0, 103.0, 104.0]);
    }
}
