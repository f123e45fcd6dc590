//! Tables, as HTML: what the drawings do not say in figures and verdicts.

use std::fmt::Write;

use comparison::conclusion::sentences;
use comparison::record::{BreakEven, Language, Record, Survival};
use comparison::{COSTS, Kind, Measured, ROWS, Row, Verdict};
use lesson::text;

use crate::{Figure, escaped, words};

/// All of them.
pub fn all(record: &Record) -> Vec<Figure> {
    let figure = |name: &str, content: String| Figure { name: name.to_owned(), content };
    let rows: Vec<&Row> = ROWS.iter().collect();
    let costs: Vec<&Row> = COSTS.iter().collect();
    let mut figures = vec![
        figure("machine.html", machine(record)),
        figure("table.html", verdicts(record, &rows)),
        figure("conclusion.html", conclusion(record)),
        figure("costs.html", verdicts(record, &costs)),
        figure("break-even.html", break_even(record)),
        figure("crash.html", crash(record)),
    ];
    for row in rows.into_iter().chain(costs) {
        let name = format!("row-{}.html", row.id.replace('_', "-"));
        figures.push(Figure { name, content: verdicts(record, &[row]) });
    }
    figures
}

/// When and where it was measured.
pub fn machine(record: &Record) -> String {
    let (day, machine) = (record.day(), &record.machine);
    let (cpu, cores, kernel, profile) =
        (&machine.cpu, machine.cores, &machine.kernel, &machine.profile);
    let gib = format!("{:.1}", machine.memory as f64 / 1024.0);
    let mut told = text!(
        "Measured on {day}: {cpu}, {cores} cores, {gib} GiB of memory, Linux {kernel}, profile {profile}",
        "{day}に計測: {cpu}、{cores}コア、メモリ{gib} GiB、Linux {kernel}、プロファイル{profile}"
    );
    for (name, version) in [("Rust", &machine.rustc), ("Python", &machine.python)] {
        if let Some(version) = version {
            told.push_str(&text!(", {name} {version}", "、{name} {version}"));
        }
    }
    if let Some(limit) = machine.cpu_limit {
        told.push_str(&text!(
            ", in a container with the time of {limit} cores",
            "、コンテナの上限{limit}コア分"
        ));
    }
    told.push_str(&text!(".", "。"));
    if machine.python.is_none() {
        told.push_str(&text!(" There was no python3.", "python3はありませんでした。"));
    }
    if record.quick {
        told.push_str(&text!(" A short run (--quick).", "短い計測(--quick)です。"));
    }
    if !record.quiet() {
        told.push_str(&text!(
            " Other programs computed meanwhile, so more verdicts than usual are open.",
            "計測中にほかのプログラムも動いていたため、判定できない項目が多めです。"
        ));
    }
    format!("<p class=\"measured-on\">{}</p>\n", escaped(&told))
}

/// Rows with Python's advice, both languages' figures and verdicts.
fn verdicts(record: &Record, rows: &[&Row]) -> String {
    let header = [
        text!("situation", "状況"),
        text!("Python's advice", "Pythonでの助言"),
        text!("measured in", "計測した言語"),
        text!("processes", "プロセス"),
        text!("threads", "スレッド"),
        text!("better", "優れているのは"),
    ];
    let mut body = String::new();
    for row in rows {
        let measured = [Language::Python, Language::Rust]
            .map(|language| (language, row.from_record(record, language)));
        let measured: Vec<(Language, Measured)> =
            measured.into_iter().filter_map(|(language, it)| Some((language, it?))).collect();
        let lines = measured.len();
        for (n, (language, measured)) in measured.iter().enumerate() {
            body.push_str("<tr>");
            if n == 0 {
                let value = row
                    .value(record)
                    .and_then(|value| words::value(row.recorded.0.scale(), value))
                    .map(|value| format!("<br><small>{}</small>", escaped(&value)));
                let (name, value) = (escaped(row.name()), value.unwrap_or_default());
                let advice = row.python.name();
                let _ = write!(
                    body,
                    "<th scope=\"rowgroup\" rowspan=\"{lines}\">{name}{value}</th>\
                     <td rowspan=\"{lines}\">{advice}</td>"
                );
            }
            let _ = write!(body, "<td>{}</td>", language.name());
            for kind in [Kind::Processes, Kind::Threads] {
                let way = measured.best(kind);
                let figure = measured.unit().show(way.spread.median);
                let spread = format!(
                    "{} – {}",
                    measured.unit().show(way.spread.lower_quartile),
                    measured.unit().show(way.spread.upper_quartile)
                );
                let _ = write!(
                    body,
                    "<td class=\"figure\" title=\"{}\">{}</td>",
                    escaped(&spread),
                    escaped(&figure)
                );
            }
            let verdict = measured.verdict();
            let _ = writeln!(
                body,
                "<td class=\"{}\">{}</td></tr>",
                class(verdict),
                escaped(&verdict.show())
            );
        }
    }
    table(&header, &body)
}

/// Where Python's advice holds, in sentences.
fn conclusion(record: &Record) -> String {
    let measured =
        ROWS.iter().filter_map(|row| Some((row, row.from_record(record, Language::Rust)?)));
    let results: Vec<(&Row, Measured)> = measured.collect();
    let sentences = sentences(&results, record.machine.cores);
    let items: String =
        sentences.iter().map(|sentence| format!("<li>{}</li>\n", escaped(sentence))).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Processes { .. } => "verdict chart-processes",
        Verdict::Threads { .. } => "verdict chart-threads",
        Verdict::NoDifference | Verdict::TooNoisy => "verdict",
    }
}

/// From which length of a task on a pool pays.
fn break_even(record: &Record) -> String {
    let header = [
        text!("pool of", "プール"),
        text!("still slower than a loop", "まだループより遅い"),
        text!("quicker than a loop", "ループより速い"),
    ];
    let mut body = String::new();
    for BreakEven { language, kind, pays_not_at, pays_at, .. } in &record.break_even {
        let (language, kind) = (language.name(), kind.name());
        let who = text!("{language} {kind}", "{language}の{kind}");
        let slower = match pays_not_at {
            Some(length) => text!("up to {}", "{}まで", words::microseconds(*length)),
            None => text!("never", "なし"),
        };
        let quicker = match pays_at {
            Some(length) => text!("from {} on", "{}から", words::microseconds(*length)),
            None => {
                text!("never: the cores gain nothing here", "なし(コアを増やしても速くならない)")
            }
        };
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
            escaped(&who),
            escaped(&slower),
            escaped(&quicker)
        );
    }
    table(&header, &body)
}

/// What was left after one worker crashed.
fn crash(record: &Record) -> String {
    let header = [
        text!("workers, and the crash", "ワーカーと異常終了のしかた"),
        text!("other tasks done", "ほかのタスクの完了数"),
        text!("afterwards", "その後"),
        text!("what the program is told", "プログラムへの通知"),
    ];
    let mut body = String::new();
    for Survival { language, kind, way, others, arrived, outcome, told } in &record.survival {
        let (language, kind) = (language.name(), kind.name());
        let way = words::way(way).map(|way| text!(" ({way})", "({way})")).unwrap_or_default();
        let who = text!("{language} {kind}{way}", "{language}の{kind}{way}");
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{}</th><td class=\"figure\">{arrived} / {others}</td>\
             <td class=\"verdict\">{}</td><td>{}</td></tr>",
            escaped(&who),
            escaped(&outcome.show()),
            told.as_deref().map_or_else(|| "–".to_owned(), escaped),
        );
    }
    table(&header, &body)
}

/// In place of a figure.
pub(crate) fn not_measured() -> String {
    format!("<p>{}</p>\n", text!("Not measured.", "計測していません。"))
}

/// A table that may be wider than the screen; nothing if there is no row.
fn table(header: &[String], body: &str) -> String {
    if body.is_empty() {
        return not_measured();
    }
    let cells: String =
        header.iter().map(|name| format!("<th scope=\"col\">{}</th>", escaped(name))).collect();
    format!(
        "<div class=\"table-wrapper measured\"><table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n"
    )
}
