//! The one rule by which processes and threads are compared.

use lesson::text;
use serde::Serialize;

use crate::measure::Spread;
use crate::row::{Better, Kind, three_digits};

/// Medians closer than this are not called different, however small the noise: nobody would choose by it.
pub const LEAST_FACTOR: f64 = 1.10;

/// What follows from two spreads.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Verdict {
    /// The figures show none, or one too small to matter.
    NoDifference,
    /// Processes were better.
    Processes {
        /// By so much: the ratio of the medians.
        factor: f64,
    },
    /// Threads were better.
    Threads {
        /// By so much: the ratio of the medians.
        factor: f64,
    },
}

/// Judges processes and threads by their spreads.
///
/// There is a difference if both hold, else there is none:
///
/// 1. The ranges between the quartiles do not touch: what the middle half of one's rounds gave, no round of
///    the other's middle half did. So noise that moves rounds to and fro decides nothing.
/// 2. The better median is better by [`LEAST_FACTOR`] at least.
///
/// The better one is the lower one or the higher one, as `better` says. Figures that are not positive
/// numbers show no difference.
// ANCHOR: rule
pub fn verdict(processes: &Spread, threads: &Spread, better: Better) -> Verdict {
    let (low, high) =
        if processes.median < threads.median { (processes, threads) } else { (threads, processes) };
    let factor = high.median / low.median;
    let apart = low.upper_quartile < high.lower_quartile;
    // Written so that a factor that is no number is none.
    if !(apart && factor >= LEAST_FACTOR && factor.is_finite() && low.median > 0.0) {
        return Verdict::NoDifference;
    }
    let lower_is_processes = std::ptr::eq(low, processes);
    if lower_is_processes == (better == Better::Lower) {
        Verdict::Processes { factor }
    } else {
        Verdict::Threads { factor }
    }
}
// ANCHOR_END: rule

impl Verdict {
    /// Which was better, if there is a difference.
    pub fn winner(self) -> Option<Kind> {
        match self {
            Self::NoDifference => None,
            Self::Processes { .. } => Some(Kind::Processes),
            Self::Threads { .. } => Some(Kind::Threads),
        }
    }

    /// For the reader, in the reader's language.
    pub fn show(self) -> String {
        match self {
            Self::NoDifference => text!("no difference", "差なし"),
            Self::Processes { factor } => {
                let factor = three_digits(factor);
                text!("processes, {factor}x", "プロセスが{factor}倍速い")
            }
            Self::Threads { factor } => {
                let factor = three_digits(factor);
                text!("threads, {factor}x", "スレッドが{factor}倍速い")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST_FACTOR, Verdict, verdict};
    use crate::measure::Spread;
    use crate::row::{Better, Kind};

    fn around(middle: f64, noise: [f64; 5]) -> Spread {
        Spread::of(noise.map(|noise| middle + noise).to_vec())
    }

    const QUIET: [f64; 5] = [-0.02, -0.01, 0.0, 0.01, 0.02];
    const NOISY: [f64; 5] = [-4.0, -2.0, 0.0, 2.0, 4.0];

    #[test]
    fn the_lower_time_wins_by_the_ratio_of_the_medians() {
        let (two, three) = (around(2.0, QUIET), around(3.0, QUIET));
        assert_eq!(verdict(&two, &three, Better::Lower), Verdict::Processes { factor: 1.5 });
        assert_eq!(verdict(&three, &two, Better::Lower), Verdict::Threads { factor: 1.5 });
    }

    #[test]
    fn the_higher_speed_up_wins() {
        let (two, three) = (around(2.0, QUIET), around(3.0, QUIET));
        assert_eq!(verdict(&two, &three, Better::Higher), Verdict::Threads { factor: 1.5 });
        assert_eq!(verdict(&three, &two, Better::Higher), Verdict::Processes { factor: 1.5 });
    }

    #[test]
    fn equal_samples_show_no_difference() {
        let same = around(1.0, QUIET);
        assert_eq!(verdict(&same, &same.clone(), Better::Lower), Verdict::NoDifference);
        assert_eq!(verdict(&same, &same, Better::Higher), Verdict::NoDifference);
    }

    #[test]
    fn noise_of_both_that_overlaps_hides_a_difference_of_the_medians() {
        let (ten, twelve) = (around(10.0, NOISY), around(12.0, NOISY));
        assert!(twelve.median / ten.median > LEAST_FACTOR);
        assert_eq!(verdict(&ten, &twelve, Better::Lower), Verdict::NoDifference);
    }

    #[test]
    fn noise_of_one_side_that_reaches_the_other_hides_it_too() {
        let (quiet, noisy) = (around(10.0, QUIET), around(11.5, NOISY));
        assert_eq!(verdict(&quiet, &noisy, Better::Lower), Verdict::NoDifference);
        assert_eq!(verdict(&noisy, &quiet, Better::Lower), Verdict::NoDifference);
    }

    #[test]
    fn noise_of_one_side_that_does_not_reach_the_other_hides_nothing() {
        let (quiet, noisy) = (around(10.0, QUIET), around(20.0, NOISY));
        assert_eq!(verdict(&quiet, &noisy, Better::Lower).winner(), Some(Kind::Processes));
    }

    #[test]
    fn a_single_slow_round_changes_nothing() {
        let calm = around(10.0, QUIET);
        let disturbed = around(13.0, [-0.01, 0.0, 0.01, 0.02, 900.0]);
        assert_eq!(
            verdict(&calm, &disturbed, Better::Lower),
            verdict(&calm, &around(13.01, QUIET), Better::Lower)
        );
    }

    #[test]
    fn clear_but_smaller_than_a_tenth_is_no_difference() {
        let (one, little_more) = (around(1.0, [0.0; 5]), around(1.099, [0.0; 5]));
        assert_eq!(verdict(&one, &little_more, Better::Lower), Verdict::NoDifference);
        assert_eq!(
            verdict(&one, &around(1.11, [0.0; 5]), Better::Lower).winner(),
            Some(Kind::Processes)
        );
    }

    #[test]
    fn ranges_that_touch_overlap() {
        let low = Spread { lower_quartile: 1.0, median: 1.5, upper_quartile: 2.0, samples: vec![] };
        let high =
            Spread { lower_quartile: 2.0, median: 2.5, upper_quartile: 3.0, samples: vec![] };
        assert_eq!(verdict(&low, &high, Better::Lower), Verdict::NoDifference);
    }

    #[test]
    fn figures_that_mean_nothing_decide_nothing() {
        let one = around(1.0, QUIET);
        for nonsense in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            let spread = Spread::of(vec![nonsense; 3]);
            assert_eq!(verdict(&one, &spread, Better::Lower), Verdict::NoDifference, "{nonsense}");
            assert_eq!(verdict(&spread, &one, Better::Higher), Verdict::NoDifference, "{nonsense}");
        }
    }
}
