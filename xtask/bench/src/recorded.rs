//! The table of an earlier run, from its JSON.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use lesson::{print_line, text};
use serde::Deserialize;

use crate::machine::Machine;
use crate::measure::judge;
use crate::report;
use crate::row::Row;

/// What of the JSON cannot be computed from the rest of it.
#[derive(Deserialize)]
struct Recorded {
    schema: u32,
    machine: Machine,
    rounds: usize,
    rows: Vec<RecordedRow>,
}

#[derive(Deserialize)]
struct RecordedRow {
    name: String,
    contenders: Vec<RecordedContender>,
}

#[derive(Deserialize)]
struct RecordedContender {
    name: String,
    #[serde(default)]
    samples: Vec<f64>,
    absent: Option<String>,
}

/// Shows the rows that are in the file, as after a run.
///
/// # Errors
///
/// The file cannot be read, is of another version, or lacks a contender of one of its rows.
pub(crate) fn show(file: &Path, rows: &[Row]) -> Result<()> {
    let shown = file.display();
    let text = fs::read_to_string(file).with_context(|| shown.to_string())?;
    let recorded: Recorded = serde_json::from_str(&text).with_context(|| shown.to_string())?;
    if recorded.schema != report::SCHEMA {
        let (theirs, ours) = (recorded.schema, report::SCHEMA);
        bail!(text!(
            "{shown} is of version {theirs}, this program of {ours}: measure again",
            "{shown}のバージョンは{theirs}、このプログラムは{ours}です: もう一度計測してください"
        ));
    }
    report::heading(&recorded.machine, recorded.rounds).iter().for_each(|line| print_line(line));
    let mut measured = Vec::new();
    for row in rows {
        let Some(theirs) = recorded.rows.iter().find(|theirs| theirs.name == row.name) else {
            continue;
        };
        let samples = row.contenders.iter().map(|contender| {
            let theirs = theirs.contenders.iter().find(|theirs| theirs.name == contender.name);
            let theirs = theirs.with_context(|| {
                let (row, name) = (row.name, contender.name);
                text!("{shown}: no {name} in {row}", "{shown}: {row}に{name}がありません")
            })?;
            Ok(match &theirs.absent {
                Some(reason) => Err(reason.clone()),
                None if theirs.samples.is_empty() => Err("-".to_owned()),
                None => Ok(theirs.samples.clone()),
            })
        });
        let result = judge(row, samples.collect::<Result<_>>()?);
        report::table(row, &result).iter().for_each(|line| print_line(line));
        measured.push((row, result));
    }
    report::summary(&measured).iter().for_each(|line| print_line(line));
    Ok(())
}
