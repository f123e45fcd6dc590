//! The table for a reader, and the JSON for a program.

use std::io::{IsTerminal, stdout};

use anyhow::Result;
use lesson::text;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::machine::Machine;
use crate::measure::{Figures, Measured};
use crate::row::{Contender, Goal, Row, Unit, Whose};

/// What `--json` prints is of this version; it rises when a field changes its meaning or goes.
pub(crate) const SCHEMA: u32 = 1;

fn title(row: &Row) -> &'static str {
    row.title[lesson::language() as usize]
}

fn whose(contender: &Contender) -> String {
    match contender.whose {
        Whose::Floor => text!("floor", "下限"),
        Whose::Ours => text!("ours", "本書"),
        Whose::Rust => text!("Rust", "Rust"),
        Whose::Python => text!("Python", "Python"),
    }
}

/// What `--list` says of a row.
pub(crate) fn list(row: &Row) -> Vec<String> {
    let names: Vec<&str> = row.contenders.iter().map(|it| it.name).collect();
    vec![format!("{:<22} {}", row.name, title(row)), format!("{:22}   {}", "", names.join(" · "))]
}

/// What is said before the first table.
pub(crate) fn heading(machine: &Machine, rounds: usize) -> Vec<String> {
    let Machine { cpu, cores, kernel, rustc, profile, .. } = machine;
    let python = machine.python.as_deref().unwrap_or("-");
    vec![
        text!("{cpu}, {cores} cores, Linux {kernel}", "{cpu}、{cores}コア、Linux {kernel}"),
        text!(
            "rustc {rustc}, profile {profile}, Python {python}; medians of {rounds} interleaved rounds",
            "rustc {rustc}、プロファイル{profile}、Python {python}。交互に{rounds}回計測した中央値"
        ),
    ]
}

/// A row's table.
pub(crate) fn table(row: &Row, measured: &Measured) -> Vec<String> {
    let mut cells = vec![[
        row.name.to_owned(),
        String::new(),
        row.unit.name().to_owned(),
        text!("quartiles", "四分位"),
        text!("× floor", "下限比"),
        text!("goal", "目標"),
    ]];
    for (contender, figures) in row.contenders.iter().zip(measured) {
        let name = match contender.extrapolated {
            true => text!("{} (extrapolated)", "{}(換算)", contender.name),
            false => contender.name.to_owned(),
        };
        let rest = match figures {
            Ok(figures) => [
                number(figures.median),
                format!("{}–{}", number(figures.low), number(figures.high)),
                figures.to_floor.map(number).unwrap_or_default(),
                contender.goal.map_or_else(String::new, |goal| verdict(row.unit, goal, figures)),
            ],
            Err(reason) => ["-".to_owned(), String::new(), String::new(), reason.clone()],
        };
        let [median, quartiles, to_floor, goal] = rest;
        cells.push([name, whose(contender), median, quartiles, to_floor, goal]);
    }
    let mut lines = vec![String::new(), bold(title(row))];
    lines.extend(aligned(&cells));
    lines
}

fn verdict(unit: Unit, goal: Goal, figures: &Figures) -> String {
    let sign = if unit.more_is_better() { '≥' } else { '≤' };
    let wanted = match goal {
        Goal::Figure(figure) => format!("{sign} {}", number(figure)),
        Goal::Times(times, other) => format!("{sign} {times:.2} × {other}"),
    };
    match figures.verdict {
        None => wanted,
        Some(verdict) => {
            let got = number(verdict.got);
            let word = match verdict.reached {
                true => text!("reached", "達成"),
                false => text!("missed", "未達"),
            };
            format!("{wanted}: {got} {}", coloured(&word, verdict.reached))
        }
    }
}

/// Three digits that count, or all that stand before the point.
fn number(number: f64) -> String {
    let decimals = match number.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let digits = format!("{number:.decimals$}");
    let (whole, part) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + part
}

/// Columns as wide as their widest cell; what holds numbers ends at the same place.
fn aligned(cells: &[[String; 6]]) -> Vec<String> {
    let width = |column: usize| cells.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |row: &[String; 6]| {
        let padded = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            let room = " ".repeat(width - cell.width());
            match column {
                2..=4 => room + cell,
                5 => cell.clone(),
                _ => cell.clone() + &room,
            }
        });
        format!("  {}", padded.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    };
    cells.iter().map(line).collect()
}

fn bold(text: &str) -> String {
    if stdout().is_terminal() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

fn coloured(text: &str, good: bool) -> String {
    let colour = if good { 32 } else { 31 };
    if stdout().is_terminal() { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
}

/// How many goals were reached, and which were not.
pub(crate) fn summary(measured: &[(&Row, Measured)]) -> Vec<String> {
    let (mut reached, mut missed) = (0, Vec::new());
    for (row, figures) in measured {
        for (contender, figures) in row.contenders.iter().zip(figures) {
            match figures.as_ref().ok().and_then(|figures| figures.verdict) {
                Some(verdict) if verdict.reached => reached += 1,
                _ if contender.goal.is_some() => {
                    missed.push(format!("{} ({})", row.name, contender.name));
                }
                _ => {}
            }
        }
    }
    let goals = reached + missed.len();
    let missed = missed.join(", ");
    let counted =
        text!("{reached} of {goals} goals reached", "{goals}個の目標のうち{reached}個を達成");
    let line = match missed.is_empty() {
        true => counted,
        false => text!("{counted}; missed: {missed}", "{counted}。未達: {missed}"),
    };
    vec![String::new(), line]
}

/// Everything, for a program.
///
/// # Errors
///
/// A figure that is no number.
pub(crate) fn json(
    machine: &Machine,
    rounds: usize,
    quick: bool,
    measured: &[(&Row, Measured)],
) -> Result<String> {
    let rows: Vec<Value> = measured.iter().map(|(row, figures)| json_row(row, figures)).collect();
    let all = json!({
        "schema": SCHEMA,
        "machine": machine,
        "rounds": rounds,
        "quick": quick,
        "rows": rows,
    });
    Ok(serde_json::to_string_pretty(&all)?)
}

fn json_row(row: &Row, measured: &Measured) -> Value {
    let contenders: Vec<Value> = row
        .contenders
        .iter()
        .zip(measured)
        .map(|(contender, figures)| {
            let mut value = json!({
                "name": contender.name,
                "whose": format!("{:?}", contender.whose).to_lowercase(),
                "extrapolated": contender.extrapolated,
            });
            match figures {
                Err(reason) => value["absent"] = json!(reason),
                Ok(figures) => {
                    value["median"] = json!(figures.median);
                    value["quartiles"] = json!([figures.low, figures.high]);
                    value["samples"] = json!(figures.samples);
                    value["to_floor"] = json!(figures.to_floor);
                    value["goal"] = match contender.goal {
                        None => Value::Null,
                        Some(Goal::Figure(figure)) => json!({ "figure": figure }),
                        Some(Goal::Times(times, of)) => json!({ "times": times, "of": of }),
                    };
                    value["got"] = json!(figures.verdict.map(|verdict| verdict.got));
                    value["reached"] = json!(figures.verdict.map(|verdict| verdict.reached));
                }
            }
            value
        })
        .collect();
    json!({
        "name": row.name,
        "title": { "en": row.title[0], "ja": row.title[1] },
        "unit": row.unit.name(),
        "more_is_better": row.unit.more_is_better(),
        "contenders": contenders,
    })
}

#[cfg(test)]
mod tests {
    use super::{aligned, number};
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn numbers_show_three_digits_that_count() {
        let shown = [0.1234, 1.234, 12.34, 123.4, 1234.5, 1_234_567.0].map(number);
        assert_eq!(shown, ["0.123", "1.23", "12.3", "123", "1,234", "1,234,567"]);
    }

    #[test]
    fn columns_end_at_the_same_place_in_any_script() {
        let row = |name: &str| [name, "本書", "1", "2", "3", "goal"].map(str::to_owned);
        let lines = aligned(&[row("換算"), row("abcdefgh")]);
        let places: Vec<usize> = lines.iter().map(|line| line.width()).collect();
        assert_eq!(places[0], places[1]);
    }
}
