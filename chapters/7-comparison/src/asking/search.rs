//! Where one way begins to be quicker than another, found by halving.

use lesson::Result;

use crate::measure::Spread;

/// How two ways compare at one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The way in question was quicker.
    Pays,
    /// It was slower, or took the same time.
    PaysNot,
    /// The rounds do not say.
    Unclear,
}

/// A middle half that is wider than this, as a share of the median, hides what is to be seen.
const WIDE: f64 = 0.1;

/// Compares the times of a way with those of the other.
///
/// If the ranges between the quartiles do not touch, the lower one is quicker. If they do, both took the same time,
/// provided that the ranges are narrow enough to say so.
pub fn compare(way: &Spread, other: &Spread) -> Compared {
    let wide =
        |spread: &Spread| spread.upper_quartile - spread.lower_quartile > WIDE * spread.median;
    if way.upper_quartile < other.lower_quartile {
        Compared::Pays
    } else if other.upper_quartile < way.lower_quartile || !(wide(way) || wide(other)) {
        Compared::PaysNot
    } else {
        Compared::Unclear
    }
}

/// The largest value at which it was seen not to pay, and the smallest at which it was seen to pay.
///
/// Halves the range between `shortest` and `longest` (the ratio, since tasks differ by orders of magnitude) until
/// the bracket's ends are within a factor of `precision`. Where `at` finds no clear answer, the range is searched on
/// both sides for where the answers become clear: noise widens the bracket, it does not move it. Both are `None` if
/// it is not clear even at `longest`.
///
/// # Errors
///
/// The first one of `at`.
pub fn bracket(
    shortest: f64,
    longest: f64,
    precision: f64,
    mut at: impl FnMut(f64) -> Result<Compared>,
) -> Result<(Option<f64>, Option<f64>)> {
    match at(longest)? {
        Compared::Pays => {}
        Compared::PaysNot => return Ok((Some(longest), None)),
        Compared::Unclear => return Ok((None, None)),
    }
    if at(shortest)? == Compared::Pays {
        return Ok((None, Some(shortest)));
    }
    // It is not clear that it pays at `low`, and clear at `high`; and the same for not paying.
    let upper = edge(shortest, longest, precision, |x| Ok(at(x)? == Compared::Pays))?.1;
    let lower = edge(shortest, upper, precision, |x| Ok(at(x)? != Compared::PaysNot))?.0;
    Ok((Some(lower), Some(upper)))
}

/// Where `holds` begins to be true, within a factor: it is false at the first value given back, true at the second.
fn edge(
    mut low: f64,
    mut high: f64,
    precision: f64,
    mut holds: impl FnMut(f64) -> Result<bool>,
) -> Result<(f64, f64)> {
    while high / low > precision {
        let middle = (low * high).sqrt();
        if holds(middle)? { high = middle } else { low = middle }
    }
    Ok((low, high))
}

#[cfg(test)]
mod tests {
    use super::{Compared, bracket, compare};
    use crate::measure::Spread;

    /// A way that costs `cost` more for each task and takes half the time; times are noisy by a share of themselves.
    fn measured(length: f64, cost: f64, noise: f64) -> Compared {
        let around = |middle: f64| {
            Spread::of([-1.0, -0.5, 0.0, 0.5, 1.0].map(|n| middle * (1.0 + n * noise)).to_vec())
        };
        compare(&around(length / 2.0 + cost), &around(length))
    }

    #[test]
    fn the_break_even_point_is_in_the_bracket() {
        for cost in [0.3, 7.0, 450.0] {
            // It pays when length / 2 + cost < length.
            let truth = 2.0 * cost;
            let (not, pays) = bracket(0.1, 10_000.0, 1.2, |x| Ok(measured(x, cost, 0.0))).unwrap();
            let (not, pays) = (not.unwrap(), pays.unwrap());
            assert!(not <= truth && truth <= pays && pays / not <= 1.2 * 1.2, "{not} {pays}");
        }
    }

    #[test]
    fn noise_widens_the_bracket_and_it_still_holds_the_truth() {
        let narrow = bracket(0.1, 10_000.0, 1.1, |x| Ok(measured(x, 10.0, 0.01))).unwrap();
        let wide = bracket(0.1, 10_000.0, 1.1, |x| Ok(measured(x, 10.0, 0.3))).unwrap();
        let width = |(not, pays): (Option<f64>, Option<f64>)| pays.unwrap() / not.unwrap();
        assert!(width(wide) > width(narrow), "{wide:?} {narrow:?}");
        for (not, pays) in [narrow, wide] {
            // What is quicker by less than the noise of one hundredth counts as the same.
            assert!(not.unwrap() <= 20.5 && 20.0 <= pays.unwrap(), "{not:?} {pays:?}");
        }
    }

    #[test]
    fn the_same_time_pays_not_and_noise_says_nothing() {
        let around = |middle: f64, noise: f64| {
            Spread::of([-2.0, -1.0, 0.0, 1.0, 2.0].map(|n| middle + n * noise).to_vec())
        };
        assert_eq!(compare(&around(10.0, 0.1), &around(10.05, 0.1)), Compared::PaysNot);
        assert_eq!(compare(&around(10.0, 0.1), &around(10.3, 0.1)), Compared::Pays);
        assert_eq!(compare(&around(10.0, 2.0), &around(10.3, 0.1)), Compared::Unclear);
        assert_eq!(compare(&around(10.0, 2.0), &around(30.0, 2.0)), Compared::Pays);
    }

    #[test]
    fn what_never_pays_and_what_always_pays_is_said() {
        let never = bracket(1.0, 100.0, 1.2, |_| Ok(Compared::PaysNot)).unwrap();
        assert_eq!(never, (Some(100.0), None));
        let unclear = bracket(1.0, 100.0, 1.2, |_| Ok(Compared::Unclear)).unwrap();
        assert_eq!(unclear, (None, None));
        let always = bracket(1.0, 100.0, 1.2, |_| Ok(Compared::Pays)).unwrap();
        assert_eq!(always, (None, Some(1.0)));
    }
}
