//! What was measured, as it is kept in a file: the series of every question, the machine, the noise.
//!
//! The figures are kept, not what follows from them: a [`Spread`] or a verdict can be computed anew from the
//! samples, by a better rule as well. And what was *not* measured is kept with the reason, so that nobody takes
//! a gap for a zero.
//!
//! - [`question`]: [`Question`], what is asked. [`machine`]: [`Machine`], where.
//! - [`finding`]: answers that are not series of figures: the break-even point, what survived a crash.
//! - [`noise`]: [`Noise`], who else computed meanwhile.
//! - [`file`](mod@file): reading and writing; where the files are.

use serde::{Deserialize, Serialize};

use crate::asking::Answers;
use crate::measure::Spread;
use crate::row::{Kind, Unit};

pub mod file;
pub mod finding;
pub mod machine;
pub mod noise;
pub mod question;

pub use file::{RecordError, here, reference};
pub use finding::{BreakEven, NotMeasured, Outcome, Survival, Why};
pub use machine::Machine;
pub use noise::Noise;
pub use question::{Question, Scale};

/// The version of this format; it changes when a program that reads it would have to.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that one run of `cargo xtask measure` found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`SCHEMA_VERSION`] of the program that wrote it.
    pub schema_version: u32,
    /// Where it was measured.
    pub machine: Machine,
    /// When it began: seconds since 1970, UTC.
    pub began: u64,
    /// Whether it was a short run (`--quick`), with fewer and noisier rounds.
    pub quick: bool,
    /// The questions that were asked to the end, in their order.
    pub asked: Vec<Asked>,
    /// What was not measured, and why.
    pub not_measured: Vec<NotMeasured>,
    /// From which length of a task on a pool pays.
    pub break_even: Vec<BreakEven>,
    /// What was left after one worker crashed.
    pub survival: Vec<Survival>,
    /// All figures.
    pub series: Vec<Series>,
}

/// A question that was asked to the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Which.
    pub question: Question,
    /// How long that took.
    pub seconds: f64,
    /// Who else computed meanwhile.
    pub noise: Noise,
}

/// The figures of one way to do one thing, for several values of what is varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The question that it answers a part of.
    pub question: Question,
    /// The language in which it was done.
    pub language: Language,
    /// By processes or by threads.
    pub kind: Kind,
    /// By which mechanism, such as `fork`, `pool`, `shared_memory`.
    pub way: String,
    /// What the figures count.
    pub unit: Unit,
    /// The figures, by ascending `x`; what `x` counts is [`Question::scale`].
    pub points: Vec<Point>,
}

/// The figures for one value of what is varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The value: so many workers, bytes, waits.
    pub x: f64,
    /// What the rounds gave, in their order: one at least.
    pub samples: Vec<f64>,
}

impl Point {
    /// Where the figures lie.
    pub fn spread(&self) -> Spread {
        Spread::of(self.samples.clone())
    }
}

/// The language that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Rust, by the packages of this book.
    Rust,
    /// Python, by its standard library.
    Python,
}

impl Language {
    /// Its name, the same in both of the reader's languages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
        }
    }
}

impl Record {
    /// A record of this machine with nothing in it yet.
    pub fn new(quick: bool) -> Self {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed();
        Self {
            schema_version: SCHEMA_VERSION,
            machine: Machine::this(),
            began: now.map_or(0, |since| since.as_secs()),
            quick,
            asked: Vec::new(),
            not_measured: Vec::new(),
            break_even: Vec::new(),
            survival: Vec::new(),
            series: Vec::new(),
        }
    }

    /// The series that answer a question.
    pub fn of(&self, question: Question) -> impl Iterator<Item = &Series> {
        self.series.iter().filter(move |series| series.question == question)
    }

    /// One series, if it was measured.
    pub fn series(
        &self,
        question: Question,
        language: Language,
        kind: Kind,
        way: &str,
    ) -> Option<&Series> {
        let of_question = self.of(question);
        of_question
            .filter(|series| series.language == language && series.kind == kind)
            .find(|series| series.way == way)
    }

    /// Puts in what was found out about a question, in place of what was known of it before.
    pub fn put(&mut self, asked: Asked, answers: Answers) {
        let question = asked.question;
        self.forget(question);
        self.asked.push(asked);
        self.not_measured.extend(answers.not_measured);
        self.break_even.extend(answers.break_even);
        self.survival.extend(answers.survival);
        self.series.extend(answers.series);
        let place = |question| Question::ALL.iter().position(|&known| known == question);
        self.asked.sort_by_key(|asked| place(asked.question));
        self.series.sort_by_key(|series| place(series.question));
    }

    /// Takes out what is known of a question.
    pub fn forget(&mut self, question: Question) {
        self.asked.retain(|asked| asked.question != question);
        self.not_measured.retain(|gap| gap.question != Some(question));
        self.series.retain(|series| series.question != question);
        match question {
            Question::TaskLength => self.break_even.clear(),
            Question::Crash => self.survival.clear(),
            _ => {}
        }
    }

    /// Whether all of it was measured on a machine that had little else to do.
    pub fn quiet(&self) -> bool {
        self.asked.iter().all(|asked| asked.noise.quiet())
    }

    /// The day on which it began, UTC: `2026-01-31`.
    pub fn day(&self) -> String {
        // Howard Hinnant's `civil_from_days`: years that begin in March have their leap day at the end.
        let days = self.began as i64 / 86_400 + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + i64::from(month <= 2);
        format!("{year:04}-{month:02}-{day:02}")
    }
}
