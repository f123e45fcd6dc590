//! Processes or threads: five situations, measured with both; and what no stopwatch shows.
//! Run it: `cargo run -p comparison` (one row in full: `cargo run -p comparison -- --explain light_tasks`)
//! Look for: the rows where Python's advice and what was quicker here are not the same. What do they have in common?

use std::process::ExitCode;

use comparison::conclusion::sentences;
use comparison::report::Report;
use comparison::table::{Table, WIDTH, wrap, wrap_indented};
use comparison::{COSTS, ISOLATIONS, ROWS, Row, Source, explain};
use lesson::{Options, Result, print_line, text};

// ANCHOR: program
fn tables(source: &Source, rounds: usize) -> Result {
    let (table, mut results) = (Table::situations(), Vec::new());
    [table.header(), table.rule()].iter().for_each(|line| print_line(line));
    for row in &ROWS {
        let (rust, python) = (source.rust(row, rounds)?, source.python(row));
        table.row(row, &rust, python.as_ref()).iter().for_each(|line| print_line(line));
        results.push((row, rust));
    }
    let table = Table::beyond();
    ["".to_owned(), table.header(), table.rule()].iter().for_each(|line| print_line(line));
    for isolation in &ISOLATIONS {
        print_line(&table.isolation(isolation, &isolation.both()?));
    }
    for row in &COSTS {
        print_line(&table.cost(row, &source.rust(row, rounds)?));
    }
    print_line("");
    let cores = source.cores();
    for text in [source.describe()].into_iter().chain(sentences(&results, cores)) {
        wrap(&text, WIDTH).iter().for_each(|line| print_line(line));
    }
    Ok(())
}
// ANCHOR_END: program

fn explain(source: &Source, rounds: usize, id: &str) -> Result {
    let mut lines = Vec::new();
    if let Some(row) = ROWS.iter().chain(&COSTS).find(|row| row.id == id) {
        lines.push(row.name().to_owned());
        if let Some(python) = source.python(row) {
            lines.extend(explain::figures("Python", &python));
        }
        lines.extend(explain::figures("Rust", &source.rust(row, rounds)?));
        lines.push(source.describe());
    } else if let Some(isolation) = ISOLATIONS.iter().find(|isolation| isolation.id == id) {
        lines.extend(explain::isolation(isolation, &isolation.both()?));
    } else {
        let rows = ROWS.iter().chain(&COSTS).map(|row: &Row| row.id);
        let known: Vec<_> = rows.chain(ISOLATIONS.iter().map(|isolation| isolation.id)).collect();
        let known = known.join(", ");
        return Err(text!(
            "no row {id}: there are {known}",
            "{id}という行はありません(ある行: {known})"
        )
        .into());
    }
    lines.iter().flat_map(|line| wrap_indented(line, WIDTH)).for_each(|line| print_line(&line));
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::new(
        "Measures processes and threads in five situations, and says where Python's advice holds.",
        "五つの状況でプロセスとスレッドを計測し、Pythonでの助言が当てはまるかを示します。",
    )
    .number("rounds", 7, 3..=1000, "how often each is measured", "それぞれを計測する回数")
    .flag("now", "measure now, even if there is a record", "記録があっても、いま計測します")
    .text("explain", "ROW", "the runs behind one row", "一つの行の根拠となる計測を示します")
    .text("record", "FILE", "the figures of this record", "この記録の数値を使います")
    .flag("json", "all figures as JSON", "すべての数値をJSONで出力します");
    lesson::run(options, |given| {
        let rounds = given.number("rounds");
        let source = match given.text("record") {
            Some(file) => Source::of(file.as_ref())?,
            None if given.flag("now") => Source::Now { rounds },
            None => Source::find(rounds)?,
        };
        match given.text("explain") {
            Some(row) => explain(&source, rounds, row),
            None if given.flag("json") => {
                print_line(&serde_json::to_string_pretty(&Report::new(&source, rounds)?)?);
                Ok(())
            }
            None => tables(&source, rounds),
        }
    })
}
