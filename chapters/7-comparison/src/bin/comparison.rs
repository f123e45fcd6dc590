//! Processes or threads: five situations, each measured with both on this machine.
//! Run it: `cargo run -p comparison` (as JSON: `cargo run -p comparison -- --json`)
//! Look for: the rows where Python's advice and what was quicker here are not the same. What do they have in common?

use std::process::ExitCode;

use comparison::conclusion::sentences;
use comparison::report::{Machine, Report};
use comparison::table::{Table, WIDTH, wrap};
use comparison::verdict::LEAST_FACTOR;
use comparison::{ROWS, Sizes};
use lesson::{Options, print_line, text};

// ANCHOR: program
fn table(rounds: usize) -> lesson::Result {
    let (table, sizes, mut results) = (Table::new(), Sizes::default(), Vec::new());
    print_line(&table.header());
    print_line(&table.rule());
    for row in &ROWS {
        let measured = (row.measure)(&sizes, rounds)?;
        print_line(&table.row(row, &measured));
        results.push((row, measured));
    }
    print_line("");
    let Machine { cores, kernel, profile } = Machine::this();
    let percent = (LEAST_FACTOR - 1.0) * 100.0;
    let legend = text!(
        "Medians of {rounds} rounds by turns ({cores} cores, Linux {kernel}, profile {profile}). A difference: \
         the middle halves do not overlap, and the medians differ by {percent:.0}% or more.",
        "交互に{rounds}回計測した中央値です({cores}コア、Linux {kernel}、プロファイル: {profile})。\
         中央の半分どうしが重ならず、中央値が{percent:.0}%以上違うときだけ差があるとみなします。"
    );
    for text in [legend].into_iter().chain(sentences(&results, cores)) {
        wrap(&text, WIDTH).iter().for_each(|line| print_line(line));
    }
    Ok(())
}
// ANCHOR_END: program

fn json(rounds: usize) -> lesson::Result {
    let mut results = Vec::new();
    for row in &ROWS {
        results.push((row, (row.measure)(&Sizes::default(), rounds)?));
    }
    let report = Report::new(Machine::this(), rounds, &results);
    print_line(&serde_json::to_string_pretty(&report)?);
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::new(
        "Measures processes and threads in five situations, and says where Python's advice holds.",
        "五つの状況でプロセスとスレッドを計測し、Pythonでの助言が当てはまるかを示します。",
    )
    .number("rounds", 7, 3..=1000, "how often each is measured", "それぞれを計測する回数")
    .flag("json", "all figures as JSON", "すべての数値をJSONで出力します");
    lesson::run(options, |given| {
        let rounds = given.number("rounds");
        if given.flag("json") { json(rounds) } else { table(rounds) }
    })
}
