//! Which process is drawn in which row.

use super::events::{Process, Run};

/// So many processes have a row each; of more, those that are not there at the same time share one.
const ALONE: usize = 12;
/// So many rows are drawn.
const MOST: usize = 16;

/// The processes of each row, by their places, and how many are not drawn.
pub(super) fn of(run: &Run) -> (Vec<Vec<usize>>, usize) {
    let all = 0..run.processes.len();
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for place in all {
        let begun = run.processes[place].begun;
        let free = |row: &&mut Vec<usize>| {
            // The program itself keeps its row for itself.
            row[0] != 0 && row.iter().all(|other| gone(&run.processes[*other]) <= begun)
        };
        match rows.iter_mut().find(free) {
            Some(row) if run.processes.len() > ALONE => row.push(place),
            _ => rows.push(vec![place]),
        }
    }
    let hidden = rows.iter().skip(MOST).map(Vec::len).sum();
    rows.truncate(MOST);
    (rows, hidden)
}

/// When nothing of it is left.
fn gone(process: &Process) -> u64 {
    process.reaped.unwrap_or(process.ended)
}

/// A name without its number.
pub(super) fn base(name: &str) -> &str {
    let base = name.trim_end_matches(|it: char| it.is_ascii_digit());
    match base.strip_suffix(['-', ' ']) {
        Some(base) if base.len() + 1 < name.len() => base,
        _ => name,
    }
}

/// What stands over a row.
pub(super) fn label(run: &Run, row: &[usize]) -> String {
    let first = &run.processes[row[0]].name;
    match row.len() {
        1 => first.clone(),
        several => format!("{} ×{several}", base(first)),
    }
}
