//! From a figure to a place on an axis, and the marks along it.

/// How figures are spread over an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// In equal steps, from the first to the second.
    Linear(f64, f64),
    /// By powers of ten: so that 1 to 2 is as far as 100 to 200.
    Log(f64, f64),
    /// One place for each of these: where one of them is zero, or only these were measured.
    Steps(Vec<f64>),
}

impl Scale {
    /// By powers of ten over all these, with some room at both ends.
    pub fn log(values: impl Iterator<Item = f64> + Clone) -> Self {
        let positive = values.filter(|value| *value > 0.0);
        let (low, high) =
            positive.fold((f64::INFINITY, 0.0_f64), |(low, high), it| (low.min(it), high.max(it)));
        if high == 0.0 {
            return Self::Log(1.0, 10.0);
        }
        let room = (high / low).powf(0.04).max(1.1);
        let (mut low, mut high) = (low / room, high * room);
        // At least two marks of 1, 2 or 5 are on it.
        while high / low < 6.0 {
            (low, high) = (low / 1.2, high * 1.2);
        }
        Self::Log(low, high)
    }

    /// In equal steps from zero over all these.
    pub fn from_zero(values: impl Iterator<Item = f64>) -> Self {
        Self::Linear(0.0, values.fold(f64::MIN_POSITIVE, f64::max) * 1.05)
    }

    /// Where a figure is, from 0 to 1.
    pub fn place(&self, value: f64) -> f64 {
        match self {
            Self::Linear(from, to) => (value - from) / (to - from),
            Self::Log(from, to) => (value.max(*from) / from).ln() / (to / from).ln(),
            Self::Steps(steps) => {
                let at = steps.iter().position(|step| *step == value).unwrap_or(0);
                (at as f64 + 0.5) / steps.len() as f64
            }
        }
    }

    /// The figures that get a mark: seven at most.
    pub fn marks(&self) -> Vec<f64> {
        match self {
            Self::Linear(from, to) => {
                let step = round_step((to - from) / 5.0);
                let first = (from / step).ceil() as i64;
                (first..).map(|n| n as f64 * step).take_while(|mark| mark <= to).collect()
            }
            Self::Log(from, to) => {
                let decades = |each: &[f64]| -> Vec<f64> {
                    let powers = from.log10().floor() as i32..=to.log10().ceil() as i32;
                    let marks =
                        powers.flat_map(|power| each.iter().map(move |it| it * 10_f64.powi(power)));
                    marks.filter(|mark| mark >= from && mark <= to).collect()
                };
                let (fine, coarse) = (decades(&[1.0, 2.0, 5.0]), decades(&[1.0]));
                let every = coarse.len().div_ceil(7).max(1);
                if fine.len() <= 5 { fine } else { coarse.into_iter().step_by(every).collect() }
            }
            Self::Steps(steps) => steps.clone(),
        }
    }
}

/// 1, 2 or 5 times a power of ten, not less than `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= least * 0.999);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn places_are_in_proportion_and_ten_times_as_much_is_as_far_everywhere() {
        let linear = Scale::from_zero([1.0, 4.0].into_iter());
        assert!((linear.place(2.0) * 2.0 - linear.place(4.0)).abs() < 1e-9);
        let log = Scale::log([3.0, 3_000.0].into_iter());
        let step = log.place(30.0) - log.place(3.0);
        assert!((log.place(3_000.0) - log.place(300.0) - step).abs() < 1e-9);
        assert!(log.place(3.0) > 0.0 && log.place(3_000.0) < 1.0);
        let steps = Scale::Steps(vec![0.0, 64.0]);
        assert_eq!([steps.place(0.0), steps.place(64.0)], [0.25, 0.75]);
    }

    #[test]
    fn marks_are_round_and_few() {
        assert_eq!(Scale::Linear(0.0, 4.2).marks(), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(Scale::Linear(0.0, 131.0).marks(), [0.0, 50.0, 100.0]);
        assert_eq!(Scale::Log(0.9, 1_100.0).marks(), [1.0, 10.0, 100.0, 1_000.0]);
        assert_eq!(Scale::log([20.0, 21.0].into_iter()).marks(), [10.0, 20.0, 50.0]);
        for high in [1e1, 1e2, 1e4, 1e9] {
            let marks = Scale::log([1.0, high].into_iter()).marks();
            assert!((2..=7).contains(&marks.len()), "{high}: {marks:?}");
        }
        assert_eq!(Scale::log(std::iter::empty()), Scale::Log(1.0, 10.0));
    }
}
