//! One situation: what Python's advice is, and what was measured of both.

use std::time::Duration;

use lesson::text;
use serde::{Deserialize, Serialize};

use crate::measure::Spread;
use crate::record::Question;
use crate::recorded::At;
use crate::verdict::{Verdict, verdict};

/// The two ways to do several things at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Several processes.
    Processes,
    /// Several threads of one process.
    Threads,
}

impl Kind {
    /// Its name in the reader's language.
    pub fn name(self) -> String {
        match self {
            Self::Processes => text!("processes", "プロセス"),
            Self::Threads => text!("threads", "スレッド"),
        }
    }
}

/// Which of two figures is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// The lower one: a time.
    Lower,
    /// The higher one: a speed-up.
    Higher,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Microseconds for each task.
    #[serde(rename = "µs")]
    Microseconds,
    /// So many times as quick as one after another.
    #[serde(rename = "times")]
    Times,
    /// So many a second.
    #[serde(rename = "/s")]
    PerSecond,
    /// KiB of memory.
    #[serde(rename = "KiB")]
    Kibibytes,
}

impl Unit {
    /// Whether more of it is better.
    pub fn better(self) -> Better {
        if matches!(self, Self::Times | Self::PerSecond) { Better::Higher } else { Better::Lower }
    }

    /// A time in this unit; in seconds for those that count no time.
    pub fn of(self, time: Duration) -> f64 {
        time.as_secs_f64()
            * match self {
                Self::Milliseconds => 1e3,
                Self::Microseconds => 1e6,
                Self::Seconds | Self::Times | Self::PerSecond | Self::Kibibytes => 1.0,
            }
    }

    /// A figure for the reader: three digits and the unit.
    pub fn show(self, figure: f64) -> String {
        let (figure, prefix) = match self {
            Self::PerSecond if figure >= 1e6 => (figure / 1e6, "M"),
            Self::PerSecond if figure >= 1e3 => (figure / 1e3, "k"),
            Self::Kibibytes if figure >= 1024.0 => (figure / 1024.0, "M"),
            Self::Kibibytes => (figure, "K"),
            _ => (figure, ""),
        };
        let figure = three_digits(figure);
        match self {
            Self::Seconds => text!("{figure} s", "{figure}秒"),
            Self::Milliseconds => format!("{figure} ms"),
            Self::Microseconds => format!("{figure} µs"),
            Self::Times => text!("{figure}x", "{figure}倍"),
            Self::PerSecond => text!("{figure} {prefix}/s", "{figure} {prefix}/秒"),
            Self::Kibibytes => format!("{figure} {prefix}iB"),
        }
    }
}

/// A figure with about three digits that count: more would claim a precision that no measurement here has.
pub(crate) fn three_digits(figure: f64) -> String {
    let decimals = match figure {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{figure:.decimals$}")
}

/// One way to do it, measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// Processes or threads.
    pub kind: Kind,
    /// By which mechanism.
    pub name: String,
    /// What the rounds gave.
    #[serde(flatten)]
    pub spread: Spread,
}

/// All ways that were measured of one situation: at least one by processes and one by threads.
#[derive(Clone, Debug)]
pub struct Measured {
    unit: Unit,
    ways: Vec<Way>,
}

impl Measured {
    /// Takes the ways of a situation.
    ///
    /// # Panics
    ///
    /// If processes or threads are missing.
    pub fn new(unit: Unit, ways: Vec<Way>) -> Self {
        for kind in [Kind::Processes, Kind::Threads] {
            assert!(ways.iter().any(|way| way.kind == kind), "{kind:?} were not measured");
        }
        Self { unit, ways }
    }

    /// What the figures count.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The best way of a kind, by its median: each kind is judged by the best it can do.
    pub fn best(&self, kind: Kind) -> &Way {
        let better = |way: &Way, than: &Way| match self.unit.better() {
            Better::Lower => way.spread.median < than.spread.median,
            Better::Higher => way.spread.median > than.spread.median,
        };
        let of_kind = self.ways.iter().filter(|way| way.kind == kind);
        of_kind
            .reduce(|best, way| if better(way, best) { way } else { best })
            .expect("`new` has seen one of each kind")
    }

    /// The ways that were measured, too, and are not the best of their kind.
    pub fn others(&self) -> Vec<&Way> {
        let best = [Kind::Processes, Kind::Threads].map(|kind| self.best(kind));
        let is_best = |way: &Way| best.iter().any(|&best| std::ptr::eq(best, way));
        self.ways.iter().filter(|way| !is_best(way)).collect()
    }

    /// What follows from the best of both.
    pub fn verdict(&self) -> Verdict {
        let [processes, threads] =
            [Kind::Processes, Kind::Threads].map(|kind| &self.best(kind).spread);
        verdict(processes, threads, self.unit.better())
    }
}

/// How much work a measurement does.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// How many numbers each core examines, where something is computed.
    pub numbers: u64,
    /// How many waits there are at the same time.
    pub waits: usize,
    /// How long each of them takes.
    pub wait: Duration,
    /// How many trivial tasks there are.
    pub tasks: u32,
    /// How many bytes the shared table has.
    pub table: usize,
    /// How many workers are started one after another.
    pub starts: u32,
}

impl Default for Sizes {
    /// Large enough for figures that mean something, small enough for a few seconds in all.
    fn default() -> Self {
        Self {
            numbers: 400_000,
            waits: 64,
            wait: Duration::from_millis(20),
            tasks: 1_000,
            table: 8 << 20,
            starts: 50,
        }
    }
}

/// One situation: a row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name in JSON.
    pub id: &'static str,
    /// Its name for the reader, in English and Japanese.
    pub label: [&'static str; 2],
    /// What is recommended for Python.
    pub python: Kind,
    /// Where in a record of `cargo xtask measure` its figures are.
    pub recorded: (Question, At),
    /// Measures it in so many rounds. Blocks for their time.
    ///
    /// Must be called without other threads. Fails as [`process::Process::spawn`] does, and if what was computed
    /// by processes and by threads is not the same.
    pub measure: fn(&Sizes, usize) -> lesson::Result<Measured>,
}

impl Row {
    /// Its name in the reader's language.
    pub fn name(&self) -> &'static str {
        self.label[lesson::language() as usize]
    }
}

#[cfg(test)]
mod tests {
    use lesson::{Language, set_language};

    use super::Unit;

    #[test]
    fn large_figures_get_a_larger_unit() {
        set_language(Language::English);
        let shown = [1.0, 2_400.0, 2_260_000.0].map(|figure| Unit::PerSecond.show(figure));
        assert_eq!(shown, ["1.00 /s", "2.40 k/s", "2.26 M/s"]);
        let shown = [280.4, 7_168.0].map(|figure| Unit::Kibibytes.show(figure));
        assert_eq!(shown, ["280 KiB", "7.00 MiB"]);
        assert_eq!(Unit::Microseconds.show(171.2), "171 µs");
    }
}
