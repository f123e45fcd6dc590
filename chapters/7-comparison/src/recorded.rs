//! A row's figures from a record of `cargo xtask measure`, in place of a measurement now.

use crate::record::{Language, Point, Record};
use crate::row::{Kind, Measured, Row, Way};

/// Which value of what a question varies belongs to the row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    /// The smallest that was measured.
    Least,
    /// The largest.
    Most,
    /// As many as there are cores.
    Cores,
    /// The one next to this, by their ratio.
    Near(f64),
}

impl At {
    fn choose(self, record: &Record, values: &[f64]) -> Option<f64> {
        let nearest = |to: f64| {
            let far = |x: f64| (x / to).ln().abs();
            values.iter().copied().min_by(|a, b| far(*a).total_cmp(&far(*b)))
        };
        match self {
            Self::Least => values.first().copied(),
            Self::Most => values.last().copied(),
            Self::Cores => nearest(record.machine.cores as f64),
            Self::Near(value) => nearest(value),
        }
    }
}

impl Row {
    /// The value at which this row looks: the same for both languages, so that they can be compared.
    ///
    /// `None` if there is none for which processes and threads were measured, in Rust.
    pub fn value(&self, record: &Record) -> Option<f64> {
        let (question, at) = self.recorded;
        let rust = || record.of(question).filter(|series| series.language == Language::Rust);
        let has = |kind: Kind, x: f64| {
            rust().any(|series| series.kind == kind && point(&series.points, x).is_some())
        };
        let points = rust().flat_map(|series| &series.points);
        let mut values: Vec<f64> = points.map(|point| point.x).collect();
        values.retain(|x| has(Kind::Processes, *x) && has(Kind::Threads, *x));
        values.sort_unstable_by(f64::total_cmp);
        at.choose(record, &values)
    }

    /// Its figures in a record, in one language; `None` if processes or threads were not measured.
    pub fn from_record(&self, record: &Record, language: Language) -> Option<Measured> {
        let x = self.value(record)?;
        // What a worker has in common with others is nobody's cost alone.
        let own = record.of(self.recorded.0).filter(|series| !series.way.ends_with("_shared"));
        let of_language = own.filter(|series| series.language == language);
        let mut unit = None;
        let ways: Vec<Way> = of_language
            .filter_map(|series| {
                let spread = point(&series.points, x)?.spread();
                unit = Some(series.unit);
                Some(Way { kind: series.kind, name: series.way.clone(), spread })
            })
            .collect();
        let both =
            [Kind::Processes, Kind::Threads].map(|kind| ways.iter().any(|way| way.kind == kind));
        (both == [true; 2]).then(|| unit.map(|unit| Measured::new(unit, ways)))?
    }
}

fn point(points: &[Point], x: f64) -> Option<&Point> {
    points.iter().find(|point| point.x == x)
}
