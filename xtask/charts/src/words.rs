//! What ways and values are called.

use comparison::record::{Language, Scale, Series};
use lesson::text;

/// A series: `Rust processes (fork)`.
pub fn series(series: &Series) -> String {
    let (language, kind) = (series.language.name(), series.kind.name());
    match way(&series.way) {
        Some(way) => text!("{language} {kind} ({way})", "{language}の{kind}({way})"),
        None => text!("{language} {kind}", "{language}の{kind}"),
    }
}

/// A mechanism; `None` where the kind has said it already.
pub fn way(way: &str) -> Option<String> {
    let (way, _) = way.rsplit_once("_private").unwrap_or((way, ""));
    Some(match way {
        "thread" | "threads" => return None,
        "pool" => text!("pool", "プール"),
        "queue" => text!("queue", "キュー"),
        "channel" => text!("channel", "チャネル"),
        "pipe" => text!("pipe", "パイプ"),
        "shared_memory" => text!("shared memory", "共有メモリ"),
        "lock" => text!("lock", "ロック"),
        "atomic" => text!("atomic", "アトミック"),
        "ring" => "Ring".to_owned(),
        "value" => "Value".to_owned(),
        "mutex" => "Mutex".to_owned(),
        "arc_and_mutex" => "Arc, Mutex".to_owned(),
        "pool_abort" => text!("pool, abort", "プール、abort"),
        "pool_panic" => text!("pool, panic", "プール、パニック"),
        "pool_exception" => text!("pool, exception", "プール、例外"),
        "executor_abort" => text!("executor, abort", "executor、abort"),
        "threads_abort" => "abort".to_owned(),
        "threads_panic" => text!("panic", "パニック"),
        "threads_exception" => text!("exception", "例外"),
        other => other.replace('_', " "),
    })
}

/// A value of what is varied, short: for an axis.
pub fn mark(scale: Scale, value: f64) -> String {
    match scale {
        Scale::Bytes => bytes(value),
        Scale::ParentMiB if value == 0.0 => text!("small", "小さい"),
        Scale::ParentMiB => bytes(value * 1024.0 * 1024.0),
        Scale::TaskMicroseconds => microseconds(value),
        Scale::Workers | Scale::Waits | Scale::Nothing => thousands(value),
    }
}

/// A value of what is varied, in a sentence: `100 waits`.
pub fn value(scale: Scale, value: f64) -> Option<String> {
    let number = mark(scale, value);
    Some(match scale {
        Scale::Workers => text!("{number} workers", "ワーカー{number}個"),
        Scale::ParentMiB => text!("parent: {number}", "親プロセス: {number}"),
        Scale::Bytes => number,
        Scale::TaskMicroseconds => text!("tasks of {number}", "{number}のタスク"),
        Scale::Waits => text!("{number} at a time", "同時に{number}件"),
        Scale::Nothing => return None,
    })
}

/// What is varied.
pub fn across(scale: Scale) -> String {
    match scale {
        Scale::Workers => text!("workers", "ワーカー数"),
        Scale::ParentMiB => text!("memory of the parent", "親プロセスのメモリ"),
        Scale::Bytes => text!("size", "サイズ"),
        Scale::TaskMicroseconds => text!("length of a task", "タスク1個の長さ"),
        Scale::Waits => text!("waits at the same time", "同時に待つ数"),
        Scale::Nothing => String::new(),
    }
}

/// A number of bytes.
pub fn bytes(value: f64) -> String {
    let (value, unit) = match value {
        ..1024.0 => (value, "B"),
        ..1_048_576.0 => (value / 1024.0, "KiB"),
        ..1_073_741_824.0 => (value / 1_048_576.0, "MiB"),
        _ => (value / 1_073_741_824.0, "GiB"),
    };
    format!("{value:.0} {unit}")
}

/// A time, from microseconds.
pub fn microseconds(value: f64) -> String {
    let (value, unit) = match value {
        ..1.0 => (value * 1e3, "ns"),
        ..1e3 => (value, "µs"),
        ..1e6 => (value / 1e3, "ms"),
        _ => (value / 1e6, "s"),
    };
    // As short as it can be without a loss: marks are round.
    format!("{} {unit}", (value * 100.0).round() / 100.0)
}

/// A time, from milliseconds.
pub fn milliseconds(value: f64) -> String {
    microseconds(value * 1e3)
}

/// A number, shortened.
pub fn thousands(value: f64) -> String {
    match value {
        ..1e3 => format!("{}", (value * 100.0).round() / 100.0),
        ..1e6 => format!("{}k", (value / 10.0).round() / 100.0),
        _ => format!("{}M", (value / 1e4).round() / 100.0),
    }
}

/// The order of series in a drawing and a legend: Rust before Python.
pub fn order(series: &&Series) -> u8 {
    u8::from(series.language == Language::Python)
}

#[cfg(test)]
mod tests {
    use super::{bytes, microseconds, thousands};

    #[test]
    fn figures_on_an_axis_are_short() {
        assert_eq!([64.0, 65_536.0, 8_388_608.0].map(bytes), ["64 B", "64 KiB", "8 MiB"]);
        assert_eq!([0.05, 20.0, 1e4, 2e6].map(microseconds), ["50 ns", "20 µs", "10 ms", "2 s"]);
        assert_eq!([0.5, 1e3, 2.5e6].map(thousands), ["0.5", "1k", "2.5M"]);
    }
}
