//! Where the rows' figures come from: a record of `cargo xtask measure`, or a short measurement now.

use std::path::Path;

use lesson::{Result, text};

use crate::record::{self, Language, Record, RecordError};
use crate::row::{Measured, Row, Sizes};

/// Where they come from.
#[derive(Debug)]
pub enum Source {
    /// Measured now, in so many rounds, in Rust alone.
    Now {
        /// How often each is measured.
        rounds: usize,
    },
    /// Measured before.
    Record(Box<Record>),
}

impl Source {
    /// This machine's own record if there is one, else a measurement now.
    ///
    /// # Errors
    ///
    /// There is one, and it cannot be read: [`RecordError`].
    pub fn find(rounds: usize) -> std::result::Result<Self, RecordError> {
        match Self::of(&record::here()) {
            Err(RecordError::Missing(_)) => Ok(Self::Now { rounds }),
            found => found,
        }
    }

    /// The record in a file.
    ///
    /// # Errors
    ///
    /// All of [`RecordError`].
    pub fn of(file: &Path) -> std::result::Result<Self, RecordError> {
        Ok(Self::Record(Box::new(Record::load(file)?)))
    }

    /// A row's figures in Rust. Measures now what the record has not; then it blocks meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Row::measure`].
    pub fn rust(&self, row: &Row, rounds: usize) -> Result<Measured> {
        let recorded = match self {
            Self::Record(record) => row.from_record(record, Language::Rust),
            Self::Now { .. } => None,
        };
        recorded.map_or_else(|| (row.measure)(&Sizes::default(), rounds), Ok)
    }

    /// A row's figures in Python, if they were measured.
    pub fn python(&self, row: &Row) -> Option<Measured> {
        match self {
            Self::Record(record) => row.from_record(record, Language::Python),
            Self::Now { .. } => None,
        }
    }

    /// How many cores the programs could use.
    pub fn cores(&self) -> usize {
        match self {
            Self::Now { .. } => pool::cores(),
            Self::Record(record) => record.machine.cores,
        }
    }

    /// When and where it was measured, in the reader's language.
    pub fn describe(&self) -> String {
        match self {
            Self::Now { rounds } => {
                let crate::report::Machine { cores, kernel, profile } =
                    crate::report::Machine::this();
                text!(
                    "Medians of {rounds} rounds by turns, measured now ({cores} cores, Linux {kernel}, profile \
                     {profile}). With Python's figures beside: cargo xtask measure, then this again.",
                    "いま交互に{rounds}回計測した中央値です({cores}コア、Linux {kernel}、プロファイル: {profile})。\
                     cargo xtask measureのあとに実行すると、Pythonの計測値も並びます。"
                )
            }
            Self::Record(record) => recorded(record),
        }
    }
}

fn recorded(record: &Record) -> String {
    let (day, machine) = (record.day(), &record.machine);
    let (cpu, cores, kernel, profile) =
        (&machine.cpu, machine.cores, &machine.kernel, &machine.profile);
    let python = match &machine.python {
        Some(version) => format!("Python {version}"),
        None => text!("no python3", "python3なし"),
    };
    let mut told = text!(
        "Medians of what cargo xtask measure recorded on {day} ({cpu}, {cores} cores, Linux {kernel}, profile \
         {profile}, {python}). To measure now: --now.",
        "cargo xtask measureが{day}に記録した中央値です({cpu}、{cores}コア、Linux {kernel}、\
         プロファイル: {profile}、{python})。いま計測し直すには--nowを付けます。"
    );
    if record.quick {
        told.push_str(&text!(" It was a short run (--quick).", "短い計測(--quick)でした。"));
    }
    if !record.quiet() {
        told.push_str(&text!(
            " Other programs computed meanwhile.",
            "計測中、ほかのプログラムも動いていました。"
        ));
    }
    told
}
