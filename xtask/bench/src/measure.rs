//! The rounds, and what becomes of their samples.

use std::io::{IsTerminal, Write};

use crate::row::{Goal, Row, Unit, Whose};
use crate::side;

/// What was measured of one contender, in the row's unit.
#[derive(Debug)]
pub(crate) struct Figures {
    /// One for each round.
    pub(crate) samples: Vec<f64>,
    pub(crate) median: f64,
    /// The quartiles: half of the samples lie between them.
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// How many times the floor of its row, the median of the rounds.
    pub(crate) to_floor: Option<f64>,
    pub(crate) verdict: Option<Verdict>,
}

/// How ours stands to its goal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    /// What the goal speaks of: a ratio or a figure.
    pub(crate) got: f64,
    pub(crate) reached: bool,
}

/// A row's result: for each contender its figures, or why there are none.
pub(crate) type Measured = Vec<Result<Figures, String>>;

/// Measures a row: each contender once a round, in turn. Blocks; says on a terminal what it is at.
pub(crate) fn row(
    row: &Row,
    rounds: usize,
    quick: bool,
    progress: &mut (impl Write + IsTerminal),
) -> Measured {
    let mut samples: Vec<Result<Vec<f64>, String>> =
        row.contenders.iter().map(|_| Ok(Vec::new())).collect();
    for round in 1..=rounds {
        for (contender, samples) in row.contenders.iter().zip(&mut samples) {
            if progress.is_terminal() {
                let (row, name) = (row.name, contender.name);
                let _ = write!(progress, "\r\x1b[K{row} {round}/{rounds} {name} ");
            }
            let Ok(taken) = samples else { continue };
            match side::sample(row, contender, quick) {
                Ok(sample) => taken.push(row.unit.of(sample)),
                Err(reason) => *samples = Err(reason),
            }
        }
    }
    if progress.is_terminal() {
        let _ = write!(progress, "\r\x1b[K");
    }
    judge(row, samples)
}

/// A row's result from its samples, or from why there are none.
pub(crate) fn judge(row: &Row, samples: Vec<Result<Vec<f64>, String>>) -> Measured {
    let of = |name: &str| {
        let place = row.contenders.iter().position(|it| it.name == name)?;
        samples[place].as_ref().ok()
    };
    let floor = row.contenders.iter().find(|it| it.whose == Whose::Floor);
    let floor = floor.and_then(|floor| of(floor.name));
    let judged = row.contenders.iter().zip(&samples).map(|(contender, samples)| {
        let samples = samples.clone()?;
        let [low, median, high] = [0.25, 0.5, 0.75].map(|part| quantile(&samples, part));
        let got = match contender.goal {
            None => None,
            Some(Goal::Figure(_)) => Some(median),
            Some(Goal::Times(_, name)) => of(name).map(|other| ratio(&samples, other)),
        };
        let verdict = contender.goal.zip(got).map(|(goal, got)| {
            let (Goal::Figure(limit) | Goal::Times(limit, _)) = goal;
            Verdict { got, reached: reaches(row.unit, got, limit) }
        });
        let to_floor = floor.map(|floor| ratio(&samples, floor));
        Ok(Figures { samples, median, low, high, to_floor, verdict })
    });
    judged.collect()
}

fn reaches(unit: Unit, got: f64, limit: f64) -> bool {
    if unit.more_is_better() { got >= limit } else { got <= limit }
}

/// The median of the rounds' ratios: both sides of each were measured one after the other.
fn ratio(samples: &[f64], others: &[f64]) -> f64 {
    let ratios: Vec<f64> = samples.iter().zip(others).map(|(one, other)| one / other).collect();
    quantile(&ratios, 0.5)
}

/// The value below which this part of the samples lies, between two of them if need be.
fn quantile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = part * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::{quantile, ratio, reaches};
    use crate::row::Unit;

    #[test]
    fn quartiles_lie_between_samples() {
        assert_eq!(
            [0.25, 0.5, 0.75].map(|part| quantile(&[4.0, 1.0, 3.0, 2.0], part)),
            [1.75, 2.5, 3.25]
        );
        assert_eq!(quantile(&[7.0], 0.75), 7.0);
    }

    #[test]
    fn a_ratio_is_taken_within_a_round() {
        // The machine was slower in the second round: both were.
        assert_eq!(ratio(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0]), 2.0);
    }

    #[test]
    fn a_time_is_to_be_small_and_a_rate_large() {
        assert!(reaches(Unit::Micros, 1.0, 1.2) && !reaches(Unit::Micros, 1.3, 1.2));
        assert!(reaches(Unit::Millions, 1.3, 1.2) && !reaches(Unit::Millions, 1.0, 1.2));
    }
}
