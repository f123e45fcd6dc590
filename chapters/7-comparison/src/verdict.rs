//! The one rule by which processes and threads are compared.

use lesson::text;
use serde::Serialize;

use crate::measure::Spread;
use crate::row::{Better, Kind, three_digits};

/// Medians closer than this are not called different, however small the noise: nobody would choose by it.
pub const LEAST_FACTOR: f64 = 1.10;
/// Of all pairs of a round of one and a round of the other, so many must say the same.
pub const LEAST_AGREEMENT: f64 = 0.9;
/// Middle halves that span more than this, from the lowest to the highest, could hide a difference.
pub const MOST_ROOM: f64 = 1.25;

/// What follows from two spreads.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Verdict {
    /// There is none, or one too small to matter.
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
    /// The rounds scatter so widely that there may be a difference or none.
    TooNoisy,
}

/// Judges processes and threads by their spreads.
///
/// There is a *difference* if all three hold:
///
/// 1. The better median is better by [`LEAST_FACTOR`] at least.
/// 2. The ranges between the quartiles do not touch: what the middle half of one's rounds gave, no round of
///    the other's middle half did.
/// 3. Each round of one is put beside each round of the other, and of all these pairs the better one is ahead in
///    [`LEAST_AGREEMENT`] at least. Of a few rounds the quartiles alone are now and then apart by chance.
///
/// There is *no difference* if the medians are closer than [`LEAST_FACTOR`], and both middle halves together span
/// less than [`MOST_ROOM`]: then there is no room for a difference that matters.
///
/// Else it is *too noisy* to tell: the rounds neither show a difference nor rule one out.
///
/// The better one is the lower one or the higher one, as `better` says. Figures that are not positive
/// numbers tell nothing.
// ANCHOR: rule
pub fn verdict(processes: &Spread, threads: &Spread, better: Better) -> Verdict {
    let (low, high) =
        if processes.median < threads.median { (processes, threads) } else { (threads, processes) };
    let factor = high.median / low.median;
    let room =
        high.upper_quartile.max(low.upper_quartile) / low.lower_quartile.min(high.lower_quartile);
    if !(low.lowest() > 0.0 && high.lowest() > 0.0 && room.is_finite()) {
        return Verdict::TooNoisy;
    }
    let apart = low.upper_quartile < high.lower_quartile && agreement(low, high) >= LEAST_AGREEMENT;
    if factor >= LEAST_FACTOR && apart {
        let lower_is_processes = std::ptr::eq(low, processes);
        if lower_is_processes == (better == Better::Lower) {
            Verdict::Processes { factor }
        } else {
            Verdict::Threads { factor }
        }
    } else if factor < LEAST_FACTOR && room < MOST_ROOM {
        Verdict::NoDifference
    } else {
        Verdict::TooNoisy
    }
}

/// The share of all pairs of a round of `low` and a round of `high` in which `low` is the lower one.
pub fn agreement(low: &Spread, high: &Spread) -> f64 {
    let pairs = low.samples.iter().flat_map(|a| high.samples.iter().map(move |b| (a, b)));
    let agree = pairs.filter(|(a, b)| a < b).count();
    agree as f64 / (low.samples.len() * high.samples.len()) as f64
}
// ANCHOR_END: rule

impl Verdict {
    /// Which was better, if there is a difference.
    pub fn winner(self) -> Option<Kind> {
        match self {
            Self::NoDifference | Self::TooNoisy => None,
            Self::Processes { .. } => Some(Kind::Processes),
            Self::Threads { .. } => Some(Kind::Threads),
        }
    }

    /// For the reader, in the reader's language.
    pub fn show(self) -> String {
        match self {
            Self::NoDifference => text!("no difference", "差なし"),
            Self::TooNoisy => text!("too noisy to tell", "判定不能"),
            Self::Processes { factor } => {
                let factor = three_digits(factor);
                text!("processes, {factor}x", "プロセス、{factor}倍")
            }
            Self::Threads { factor } => {
                let factor = three_digits(factor);
                text!("threads, {factor}x", "スレッド、{factor}倍")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST_FACTOR, Verdict, agreement, verdict};
    use crate::measure::Spread;
    use crate::row::{Better, Kind};

    fn around<const N: usize>(middle: f64, noise: [f64; N]) -> Spread {
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
        assert_eq!(verdict(&ten, &twelve, Better::Lower), Verdict::TooNoisy);
    }

    #[test]
    fn noise_of_one_side_that_reaches_the_other_hides_it_too() {
        let (quiet, noisy) = (around(10.0, QUIET), around(11.5, NOISY));
        assert_eq!(verdict(&quiet, &noisy, Better::Lower), Verdict::TooNoisy);
        assert_eq!(verdict(&noisy, &quiet, Better::Lower), Verdict::TooNoisy);
    }

    #[test]
    fn noise_of_one_side_that_does_not_reach_the_other_hides_nothing() {
        let (quiet, noisy) = (around(10.0, QUIET), around(20.0, NOISY));
        assert_eq!(verdict(&quiet, &noisy, Better::Lower).winner(), Some(Kind::Processes));
    }

    #[test]
    fn a_single_slow_round_changes_nothing() {
        let calm = around(10.0, [-0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.03]);
        let disturbed = around(13.0, [-0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 900.0]);
        assert_eq!(
            verdict(&calm, &disturbed, Better::Lower),
            verdict(&calm, &around(13.0, QUIET), Better::Lower)
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
    fn equal_medians_of_rounds_that_scatter_are_not_called_equal() {
        let (one, other) = (around(10.0, NOISY), around(10.1, NOISY));
        assert_eq!(verdict(&one, &other, Better::Lower), Verdict::TooNoisy);
        assert_eq!(verdict(&one, &one.clone(), Better::Lower), Verdict::TooNoisy);
    }

    #[test]
    fn ranges_that_touch_overlap() {
        let low = Spread::of(vec![1.0, 1.0, 1.5, 2.0, 2.0]);
        let high = Spread::of(vec![2.0, 2.0, 2.5, 3.0, 3.0]);
        assert_eq!(low.upper_quartile, high.lower_quartile);
        assert_eq!(verdict(&low, &high, Better::Lower), Verdict::TooNoisy);
    }

    #[test]
    fn quartiles_that_are_apart_do_not_suffice_where_rounds_contradict() {
        let low = Spread::of(vec![1.0, 1.0, 1.0, 1.0, 9.0]);
        let high = Spread::of(vec![0.5, 2.0, 2.0, 2.0, 2.0]);
        assert!(low.upper_quartile < high.lower_quartile);
        // Of 25 pairs, 5 with the 9 and 4 more with the 0.5 contradict.
        assert_eq!(agreement(&low, &high), 16.0 / 25.0);
        assert_eq!(verdict(&low, &high, Better::Lower), Verdict::TooNoisy);
    }

    #[test]
    fn figures_that_mean_nothing_decide_nothing() {
        let one = around(1.0, QUIET);
        for nonsense in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            let spread = Spread::of(vec![nonsense; 3]);
            assert_eq!(verdict(&one, &spread, Better::Lower), Verdict::TooNoisy, "{nonsense}");
            assert_eq!(verdict(&spread, &one, Better::Higher), Verdict::TooNoisy, "{nonsense}");
        }
    }
}
