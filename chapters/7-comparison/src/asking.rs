//! Asking one question: its ways take turns, here and in Python, until its share of the time is used up.
//!
//! - [`python`]: [`Python`], the counterpart that is asked for one sample at a time.
//! - [`pace`]: [`Pace`], how many repetitions make a sample long enough.
//! - [`search`]: [`bracket`](search::bracket), where one way begins to be quicker than another.
//! - [`together`]: [`Conductor`](together::Conductor), several workers that begin at the same moment.

use std::time::{Duration, Instant};

use lesson::Result;
use serde::{Deserialize, Serialize};

use crate::measure::settle;
use crate::record::{BreakEven, Language, NotMeasured, Point, Question, Series, Survival, Why};
use crate::row::{Kind, Unit};

pub mod pace;
pub mod python;
pub mod search;
pub mod together;

pub use pace::Pace;
pub use python::Python;

/// What was found out about one question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// Figures.
    pub series: Vec<Series>,
    /// Where a pool begins to pay.
    pub break_even: Vec<BreakEven>,
    /// What survived a crash.
    pub survival: Vec<Survival>,
    /// What was not measured.
    pub not_measured: Vec<NotMeasured>,
}

/// One question while it is asked.
#[derive(Debug)]
pub struct Asking {
    /// Which question.
    pub question: Question,
    /// Whether it has to be short.
    pub quick: bool,
    /// The counterpart, if there is a `python3`.
    pub python: Option<Python>,
    /// What was found out so far.
    pub answers: Answers,
}

/// One way to do it, measured.
pub struct Way<'a> {
    language: Language,
    kind: Kind,
    name: &'static str,
    most: f64,
    /// Gives a sample for one value of what is varied. In Python's case the counterpart does.
    once: Option<Sample<'a>>,
}

type Sample<'a> = Box<dyn FnMut(f64) -> Result<f64> + 'a>;

impl std::fmt::Debug for Way<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} {:?} {}", self.language, self.kind, self.name)
    }
}

impl<'a> Way<'a> {
    /// A way of this program.
    pub fn rust(kind: Kind, name: &'static str, once: impl FnMut(f64) -> Result<f64> + 'a) -> Self {
        let once: Option<Sample<'a>> = Some(Box::new(once));
        Self { language: Language::Rust, kind, name, most: f64::INFINITY, once }
    }

    /// A way of the question's Python counterpart.
    pub fn python(kind: Kind, name: &'static str) -> Self {
        Self { language: Language::Python, kind, name, most: f64::INFINITY, once: None }
    }

    /// Only for values up to `most`: it would take too long, or too much memory.
    pub fn up_to(mut self, most: f64) -> Self {
        self.most = most;
        self
    }
}

/// One way at one value.
struct Cell {
    way: usize,
    x: f64,
    samples: Vec<f64>,
    spent: Duration,
    warm: bool,
    failed: bool,
}

/// So many samples at least, and at most: (quick, not quick).
const LEAST: [usize; 2] = [3, 5];
const MOST: [usize; 2] = [9, 25];

impl Asking {
    /// Begins with a question; starts its counterpart if it has one.
    ///
    /// # Errors
    ///
    /// The counterpart cannot be started although there is a `python3`.
    pub fn new(question: Question, quick: bool) -> Result<Self> {
        let python = Python::start(&question.id().replace('-', "_"), quick)?;
        let mut answers = Answers::default();
        if python.is_none() {
            answers.not_measured.push(NotMeasured {
                question: Some(question),
                language: Some(Language::Python),
                what: None,
                why: Why::NoPython,
            });
        }
        Ok(Self { question, quick, python, answers })
    }

    /// The first figure in a short run, the second otherwise.
    pub fn pick<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// How long the whole question may take.
    pub fn budget(&self) -> Duration {
        self.question.budget(self.quick)
    }

    /// Measures `ways` at each of `xs` by turns, for a `share` of the question's time. Blocks meanwhile.
    ///
    /// The first turn of each does not count (see [`interleaved`](crate::interleaved)), unless it is so dear that
    /// there is no time for another. One that fails is left out from then on, and noted.
    ///
    /// # Errors
    ///
    /// The first failure, if nothing at all could be measured.
    pub fn compare(
        &mut self,
        unit: Unit,
        share: f64,
        xs: &[f64],
        mut ways: Vec<Way<'_>>,
    ) -> Result {
        let quick = usize::from(!self.quick);
        let (least, most) = (LEAST[quick], MOST[quick]);
        let budget = self.budget().mul_f64(share);
        let mut cells = self.cells(xs, &ways);
        let each = budget / cells.len().max(1) as u32;
        let (begin, mut first_error) = (Instant::now(), None);
        loop {
            let mut turns = 0;
            for cell in &mut cells {
                let has_time = begin.elapsed() < budget && cell.spent < each * 2;
                let done = cell.samples.len() >= if has_time { most } else { least };
                if cell.failed || done {
                    continue;
                }
                turns += 1;
                let way = &mut ways[cell.way];
                settle();
                let start = Instant::now();
                let sample = match (&mut way.once, &mut self.python) {
                    (Some(once), _) => once(cell.x),
                    (None, Some(python)) => python.sample(way.kind, way.name, cell.x),
                    (None, None) => unreachable!("`cells` has left them out"),
                };
                let took = start.elapsed();
                cell.spent += took;
                match sample {
                    // The first turn pays for what is there afterwards.
                    Ok(_) if !cell.warm && took < each => cell.warm = true,
                    Ok(figure) => cell.samples.push(significant(figure)),
                    Err(error) => {
                        cell.failed = true;
                        let message = error.to_string();
                        first_error.get_or_insert(error);
                        self.note(way, cell.x, Why::Failed(message));
                    }
                }
            }
            if turns == 0 {
                break;
            }
        }
        cells.retain(|cell| !cell.failed);
        if cells.is_empty() {
            return first_error.map_or(Ok(()), Err);
        }
        for cell in cells {
            self.add(&ways[cell.way], unit, Point { x: cell.x, samples: cell.samples });
        }
        Ok(())
    }

    /// What is to be measured, in the order of the turns.
    fn cells(&mut self, xs: &[f64], ways: &[Way<'_>]) -> Vec<Cell> {
        let has_python = self.python.is_some();
        let at = |x: f64| {
            ways.iter().enumerate().filter_map(move |(n, way)| {
                let asked = x <= way.most && (way.once.is_some() || has_python);
                asked.then(|| Cell {
                    way: n,
                    x,
                    samples: Vec::new(),
                    spent: Duration::ZERO,
                    warm: false,
                    failed: false,
                })
            })
        };
        xs.iter().copied().flat_map(at).collect()
    }

    /// Adds a point to the series of a way.
    fn add(&mut self, way: &Way<'_>, unit: Unit, point: Point) {
        let same = |series: &&mut Series| {
            (series.language, series.kind) == (way.language, way.kind) && series.way == way.name
        };
        match self.answers.series.iter_mut().find(same) {
            Some(series) => series.points.push(point),
            None => self.answers.series.push(Series {
                question: self.question,
                language: way.language,
                kind: way.kind,
                way: way.name.to_owned(),
                unit,
                points: vec![point],
            }),
        }
    }

    fn note(&mut self, way: &Way<'_>, x: f64, why: Why) {
        let (kind, name) = (way.kind.name(), way.name);
        self.leave_out(Some(way.language), format!("{kind}, {name}, {x}"), why);
    }

    /// Notes that something is not measured, and why.
    pub fn leave_out(&mut self, language: Option<Language>, what: String, why: Why) {
        let (question, what) = (Some(self.question), Some(what));
        self.answers.not_measured.push(NotMeasured { question, language, what, why });
    }

    /// Adds what survived a crash, or notes why that is not known.
    pub fn note_survival(
        &mut self,
        language: Language,
        kind: Kind,
        way: &str,
        survival: Result<Survival>,
    ) {
        match survival {
            Ok(survival) => self.answers.survival.push(survival),
            Err(error) => {
                let kind = kind.name();
                self.leave_out(
                    Some(language),
                    format!("{kind}, {way}"),
                    Why::Failed(error.to_string()),
                );
            }
        }
    }
}

/// With five digits that count: the others are noise, and would only make the file longer.
fn significant(figure: f64) -> f64 {
    format!("{figure:.4e}").parse().unwrap_or(figure)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::{Answers, Asking, Way, significant};
    use crate::record::{Question, Why};
    use crate::row::{Kind, Unit};

    fn asking() -> Asking {
        let answers = Answers::default();
        Asking { question: Question::Lock, quick: true, python: None, answers }
    }

    #[test]
    fn ways_take_turns_at_each_value_and_the_first_turn_does_not_count() {
        let turns = RefCell::new(Vec::new());
        let way = |name| {
            let (turns, mut count) = (&turns, 0.0);
            Way::rust(Kind::Threads, name, move |x| {
                turns.borrow_mut().push((name, x));
                count += 1.0;
                Ok(count)
            })
        };
        let mut asking = asking();
        asking.compare(Unit::Seconds, 1.0, &[1.0, 2.0], vec![way("a"), way("b")]).unwrap();
        let round = [("a", 1.0), ("b", 1.0), ("a", 2.0), ("b", 2.0)];
        assert_eq!(turns.borrow()[..8], [round, round].concat());
        let points = &asking.answers.series[0].points;
        // Both values of a way count together: its first two turns are left out.
        assert_eq!((points[0].samples[0], points[1].samples[0]), (3.0, 4.0));
        assert_eq!(points[0].samples.len(), 9);
    }

    #[test]
    fn what_fails_is_noted_and_the_others_go_on() {
        let mut asking = asking();
        let ways = vec![
            Way::rust(Kind::Processes, "broken", |_| Err("no luck".into())),
            Way::rust(Kind::Threads, "whole", Ok),
            Way::python(Kind::Threads, "absent"),
        ];
        asking.compare(Unit::Seconds, 1.0, &[5.0], ways).unwrap();
        assert_eq!(asking.answers.series.len(), 1);
        assert_eq!(asking.answers.series[0].way, "whole");
        assert_eq!(asking.answers.not_measured.len(), 1);
        assert_eq!(asking.answers.not_measured[0].why, Why::Failed("no luck".to_owned()));
        let all = vec![Way::rust(Kind::Processes, "broken", |_| Err("no luck".into()))];
        asking.compare(Unit::Seconds, 1.0, &[5.0], all).unwrap_err();
    }

    #[test]
    fn what_is_dear_has_fewer_samples_and_never_none() {
        let mut asking = asking();
        let pause = asking.budget().mul_f64(0.01);
        let ways = vec![
            Way::rust(Kind::Processes, "dear", |_| {
                std::thread::sleep(pause);
                Ok(1.0)
            }),
            Way::rust(Kind::Threads, "cheap", Ok),
        ];
        asking.compare(Unit::Seconds, 0.01, &[5.0], ways).unwrap();
        let counts: Vec<usize> =
            asking.answers.series.iter().map(|series| series.points[0].samples.len()).collect();
        assert_eq!(counts, [3, 3]);
    }

    #[test]
    fn five_digits_stay() {
        assert_eq!(significant(171.234_567), 171.23);
        assert_eq!(significant(2_260_123.0), 2_260_100.0);
        assert_eq!(significant(0.0), 0.0);
    }
}
