//! The same as the table, for other programs: JSON.

use std::fs;

use lesson::Result;
use serde::Serialize;

use crate::isolation::{ISOLATIONS, Shown, winner};
use crate::record::Record;
use crate::row::{Better, Kind, Measured, Row, Unit, Way};
use crate::rows::{COSTS, ROWS};
use crate::source::Source;
use crate::verdict::{LEAST_AGREEMENT, LEAST_FACTOR, MOST_ROOM, Verdict};

/// The version of this format; it changes when a program that reads it would have to.
pub const SCHEMA_VERSION: u32 = 2;

/// The whole measurement.
#[derive(Debug, Serialize)]
pub struct Report {
    schema_version: u32,
    machine: Machine,
    /// When the record was made that the figures are from; `null` if they were measured now.
    recorded: Option<String>,
    rounds: usize,
    rule: Rule,
    rows: Vec<ReportedRow>,
    costs: Vec<ReportedRow>,
    isolation: Vec<ReportedIsolation>,
}

/// The limits of the rule by which the verdicts were found.
#[derive(Debug, Serialize)]
struct Rule {
    least_factor: f64,
    least_agreement: f64,
    most_room: f64,
}

/// Where it was measured.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// How many cores this program may use.
    pub cores: usize,
    /// The kernel's release.
    pub kernel: String,
    /// How this program was built.
    pub profile: String,
}

impl Machine {
    /// The machine this program runs on.
    pub fn this() -> Self {
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
        let kernel = kernel.map_or_else(|_| "?".to_owned(), |kernel| kernel.trim().to_owned());
        Self { cores: pool::cores(), kernel, profile: lesson::profile().to_owned() }
    }

    fn of(record: &Record) -> Self {
        let crate::record::Machine { cores, kernel, profile, .. } = record.machine.clone();
        Self { cores, kernel, profile }
    }
}

#[derive(Debug, Serialize)]
struct ReportedRow {
    id: &'static str,
    label: &'static str,
    /// What is recommended for Python.
    python: Kind,
    #[serde(flatten)]
    rust: Figures,
    /// The same, measured in Python.
    in_python: Option<Figures>,
}

#[derive(Debug, Serialize)]
struct Figures {
    unit: Unit,
    better: Better,
    processes: Way,
    threads: Way,
    /// Ways that were measured and were not the best of their kind.
    others: Vec<Way>,
    verdict: Verdict,
}

#[derive(Debug, Serialize)]
struct ReportedIsolation {
    id: &'static str,
    label: &'static str,
    processes: Shown,
    threads: Shown,
    /// Which of them kept the harm where it was, if only one did.
    isolated: Option<Kind>,
}

impl Report {
    /// Measures or reads all rows, and makes the rest happen. Blocks meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Row::measure`] and [`Isolation::show`](crate::isolation::Isolation::show).
    pub fn new(source: &Source, rounds: usize) -> Result<Self> {
        let row = |row: &Row| -> Result<ReportedRow> {
            let rust = Figures::of(&source.rust(row, rounds)?);
            let in_python = source.python(row).as_ref().map(Figures::of);
            Ok(ReportedRow { id: row.id, label: row.name(), python: row.python, rust, in_python })
        };
        let isolation = ISOLATIONS.iter().map(|isolation| {
            let both = isolation.both()?;
            let isolated = winner(&both);
            let [processes, threads] = both;
            let (id, label) = (isolation.id, isolation.name());
            Ok(ReportedIsolation { id, label, processes, threads, isolated })
        });
        let (machine, recorded) = match source {
            Source::Now { .. } => (Machine::this(), None),
            Source::Record(record) => (Machine::of(record), Some(record.day())),
        };
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            machine,
            recorded,
            rounds,
            rule: Rule {
                least_factor: LEAST_FACTOR,
                least_agreement: LEAST_AGREEMENT,
                most_room: MOST_ROOM,
            },
            rows: ROWS.iter().map(row).collect::<Result<_>>()?,
            costs: COSTS.iter().map(row).collect::<Result<_>>()?,
            isolation: isolation.collect::<Result<_>>()?,
        })
    }
}

impl Figures {
    fn of(measured: &Measured) -> Self {
        let best = |kind| measured.best(kind).clone();
        Self {
            unit: measured.unit(),
            better: measured.unit().better(),
            processes: best(Kind::Processes),
            threads: best(Kind::Threads),
            others: measured.others().into_iter().cloned().collect(),
            verdict: measured.verdict(),
        }
    }
}
