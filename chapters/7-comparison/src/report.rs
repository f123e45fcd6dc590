//! The same as the table, for other programs: JSON.

use std::fs;

use serde::Serialize;

use crate::row::{Better, Kind, Measured, Row, Unit, Way};
use crate::verdict::{LEAST_FACTOR, Verdict};

/// The version of this format; it changes when a program that reads it would have to.
pub const SCHEMA_VERSION: u32 = 1;

/// The whole measurement.
#[derive(Debug, Serialize)]
pub struct Report<'r> {
    schema_version: u32,
    machine: Machine,
    rounds: usize,
    /// Medians closer than this count as no difference.
    least_factor: f64,
    rows: Vec<ReportedRow<'r>>,
}

/// Where it was measured.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// How many cores this program may use.
    pub cores: usize,
    /// The kernel's release.
    pub kernel: String,
    /// How this program was built.
    pub profile: &'static str,
}

impl Machine {
    /// The machine this program runs on.
    pub fn this() -> Self {
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
        let kernel = kernel.map_or_else(|_| "?".to_owned(), |kernel| kernel.trim().to_owned());
        Self { cores: pool::cores(), kernel, profile: lesson::profile() }
    }
}

#[derive(Debug, Serialize)]
struct ReportedRow<'r> {
    id: &'static str,
    label: &'static str,
    /// What is recommended for Python.
    python: Kind,
    unit: Unit,
    better: Better,
    processes: &'r Way,
    threads: &'r Way,
    /// Ways that were measured and were not the best of their kind.
    others: Vec<&'r Way>,
    verdict: Verdict,
}

impl<'r> Report<'r> {
    /// The report of what was measured.
    pub fn new(machine: Machine, rounds: usize, results: &'r [(&Row, Measured)]) -> Self {
        let rows = results.iter().map(|(row, measured)| ReportedRow {
            id: row.id,
            label: row.name(),
            python: row.python,
            unit: row.unit,
            better: row.unit.better(),
            processes: measured.best(Kind::Processes),
            threads: measured.best(Kind::Threads),
            others: measured.others(),
            verdict: measured.verdict(),
        });
        Self {
            schema_version: SCHEMA_VERSION,
            machine,
            rounds,
            least_factor: LEAST_FACTOR,
            rows: rows.collect(),
        }
    }
}
