//! Which drawing answers which question.

use comparison::record::{Language, Question, Record, Scale as Varied, Series};
use comparison::{Kind, Unit};
use lesson::text;

use crate::axis::Scale;
use crate::bars::{self, Bar};
use crate::chart::Chart;
use crate::{Figure, tables, words};

/// The drawings of all questions that are answered by figures; where there are none, a line that says so.
pub fn all(record: &Record) -> Vec<Figure> {
    let drawn = Question::ALL.into_iter().filter(|question| *question != Question::Crash);
    let drawn = drawn.map(|question| {
        let content = draw(record, question).unwrap_or_else(tables::not_measured);
        Figure { name: format!("{}.svg", question.id()), content }
    });
    drawn.collect()
}

/// The drawing of one question; `None` if there are no figures.
pub fn draw(record: &Record, question: Question) -> Option<String> {
    let mut series: Vec<&Series> =
        record.of(question).filter(|series| !series.points.is_empty()).collect();
    series.sort_by_key(words::order);
    let unit = series.first()?.unit;
    if question == Question::Memory {
        return Some(memory(record, &series));
    }
    let points = || series.iter().flat_map(|series| &series.points);
    let mut values: Vec<f64> = points().map(|point| point.x).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    let figures = || points().flat_map(|point| point.samples.iter().copied()).collect::<Vec<f64>>();
    let figures = figures();
    let x = match question.scale() {
        Varied::Workers => {
            let most = values.last().copied().unwrap_or(1.0);
            // As many as eight have a mark each; between whole workers there is nothing to be seen.
            if most <= 8.0 { Scale::Steps(values.clone()) } else { Scale::Linear(0.0, most) }
        }
        Varied::ParentMiB | Varied::Nothing => Scale::Steps(values.clone()),
        Varied::Bytes | Varied::TaskMicroseconds | Varied::Waits => {
            Scale::log(values.iter().copied())
        }
    };
    let limits = if question == Question::SpeedUp { limits(record) } else { Vec::new() };
    let y = match question {
        Question::SpeedUp => {
            let calculated = limits.iter().flat_map(|(_, points)| points.iter().map(|it| it.1));
            Scale::from_zero(figures.iter().copied().chain(calculated))
        }
        _ => Scale::log(figures.iter().copied()),
    };
    let chart = Chart {
        title: question.name().to_owned(),
        upwards: upwards(question, unit),
        across: words::across(question.scale()),
        x,
        x_marks: values,
        y,
        x_mark: x_mark(question),
        y_mark: y_mark(unit),
        series,
        limits,
    };
    Some(chart.draw())
}

fn upwards(question: Question, unit: Unit) -> String {
    match question {
        Question::SpeedUp => {
            text!("times as quick as one after another", "逐次実行に対する速度向上率")
        }
        Question::Start => text!("to start and join one (log)", "開始から終了までの時間(対数目盛)"),
        Question::Throughput => {
            text!("messages a second (log)", "1秒あたりのメッセージ数(対数目盛)")
        }
        Question::RoundTrip => text!("there and back (log)", "往復の時間(対数目盛)"),
        Question::TaskLength => text!("tasks a second (log)", "1秒あたりのタスク数(対数目盛)"),
        Question::Waits => text!("until all are over (log)", "すべて終わるまでの時間(対数目盛)"),
        Question::Sharing => {
            text!("for all visits (log)", "全員の読み書きが終わるまでの時間(対数目盛)")
        }
        Question::Lock => text!("for one update (log)", "更新1回の時間(対数目盛)"),
        Question::Memory | Question::Crash => format!("{unit:?}"),
    }
}

fn x_mark(question: Question) -> fn(f64) -> String {
    match question.scale() {
        Varied::Workers => |x| words::mark(Varied::Workers, x),
        Varied::ParentMiB => |x| words::mark(Varied::ParentMiB, x),
        Varied::Bytes => |x| words::mark(Varied::Bytes, x),
        Varied::TaskMicroseconds => |x| words::mark(Varied::TaskMicroseconds, x),
        Varied::Waits => |x| words::mark(Varied::Waits, x),
        Varied::Nothing => |x| words::mark(Varied::Nothing, x),
    }
}

fn y_mark(unit: Unit) -> fn(f64) -> String {
    match unit {
        Unit::Seconds => |y| words::microseconds(y * 1e6),
        Unit::Milliseconds => words::milliseconds,
        Unit::Microseconds => words::microseconds,
        Unit::Times => |y| format!("{y}×"),
        Unit::PerSecond => words::thousands,
        Unit::Kibibytes => |y| words::bytes(y * 1024.0),
    }
}

/// A calculated line: its name and its points.
type Limit = (String, Vec<(f64, f64)>);

/// What no number of workers exceeds, and Amdahl's law with the serial part that was measured at as many workers
/// as there are cores.
fn limits(record: &Record) -> Vec<Limit> {
    let cores = record.machine.cores as f64;
    let rust = |kind| {
        record.of(Question::SpeedUp).find(|it| (it.language, it.kind) == (Language::Rust, kind))
    };
    let Some(series) = rust(Kind::Processes) else { return Vec::new() };
    let workers: Vec<f64> = series.points.iter().map(|point| point.x).collect();
    let line = |speed_up: &dyn Fn(f64) -> f64| {
        workers.iter().map(|n| (*n, speed_up(n.min(cores)))).collect::<Vec<_>>()
    };
    let mut limits = vec![(text!("limit: the cores", "上限(コア数)"), line(&|n| n))];
    let at_all = series.points.iter().find(|point| point.x == cores).map(|it| it.spread().median);
    if let Some(serial) = at_all.and_then(|speed_up| serial_part(cores, speed_up)) {
        let percent = format!("{:.0}", serial * 100.0);
        let name = text!("Amdahl's law, {percent}% serial", "アムダールの法則(逐次部分{percent}%)");
        limits.push((name, line(&|n| 1.0 / (serial + (1.0 - serial) / n))));
    }
    limits
}

/// The part of a work that only one can do, if `n` do the rest at once and it gets `speed_up` times as quick.
pub fn serial_part(n: f64, speed_up: f64) -> Option<f64> {
    (n > 1.0).then(|| ((n / speed_up - 1.0) / (n - 1.0)).clamp(0.0, 1.0))
}

fn memory(record: &Record, series: &[&Series]) -> String {
    let median = |series: &Series| series.points[0].spread().median;
    let own = series.iter().filter(|series| !series.way.ends_with("_shared"));
    let bars: Vec<Bar> = own
        .map(|series| {
            let way = series.way.replace("_private", "_shared");
            let shared =
                record.series(series.question, series.language, series.kind, &way).map(median);
            let own = median(series);
            let show = |kibibytes: f64| Unit::Kibibytes.show(kibibytes);
            let figures = match shared {
                Some(shared) => format!("{} + {}", show(own), show(shared)),
                None => show(own),
            };
            let label = words::series(series);
            Bar { kind: series.kind, label, own, shared: shared.unwrap_or(0.0), figures }
        })
        .collect();
    bars::draw(Question::Memory.name(), &bars)
}

#[cfg(test)]
mod tests {
    use super::serial_part;

    #[test]
    fn the_serial_part_is_that_of_amdahl_s_law() {
        assert_eq!(serial_part(4.0, 4.0), Some(0.0));
        assert_eq!(serial_part(4.0, 1.0), Some(1.0));
        let serial = serial_part(8.0, 1.0 / (0.25 + 0.75 / 8.0));
        assert!((serial.unwrap_or(f64::NAN) - 0.25).abs() < 1e-9);
        assert_eq!(serial_part(1.0, 1.0), None);
        // Quicker than all cores allow: noise.
        assert_eq!(serial_part(2.0, 2.1), Some(0.0));
    }
}
