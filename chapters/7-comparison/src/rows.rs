//! The five situations, in the order of the table, and two costs that it does not name.

pub mod compute_bound;
pub mod data_sharing;
pub mod io_bound;
pub mod light_tasks;
pub mod memory;
pub mod multi_core;
pub mod start;

use crate::record::Question;
use crate::recorded::At;
use crate::row::{Kind, Row};

/// The five rows of the table.
pub const ROWS: [Row; 5] = [
    Row {
        id: "compute_bound",
        label: ["compute-bound work", "計算集約型の処理"],
        python: Kind::Processes,
        recorded: (Question::TaskLength, At::Most),
        measure: compute_bound::measure,
    },
    Row {
        id: "io_bound",
        label: ["much waiting for I/O", "I/O待ちが多い処理"],
        python: Kind::Threads,
        recorded: (Question::Waits, At::Near(100.0)),
        measure: io_bound::measure,
    },
    Row {
        id: "multi_core",
        label: ["using all cores", "マルチコアを活用したい"],
        python: Kind::Processes,
        recorded: (Question::SpeedUp, At::Cores),
        measure: multi_core::measure,
    },
    Row {
        id: "light_tasks",
        label: ["many light tasks", "軽量なタスクを並列化"],
        python: Kind::Threads,
        recorded: (Question::TaskLength, At::Least),
        measure: light_tasks::measure,
    },
    Row {
        id: "data_sharing",
        label: ["sharing data", "データ共有が必要"],
        python: Kind::Threads,
        recorded: (Question::Sharing, At::Near((8 << 20) as f64)),
        measure: data_sharing::measure,
    },
];

/// What a worker costs before it does anything: the source of the five rows says it, without figures.
pub const COSTS: [Row; 2] = [
    Row {
        id: "start",
        label: ["starting one", "開始と終了"],
        python: Kind::Threads,
        recorded: (Question::Start, At::Least),
        measure: start::measure,
    },
    Row {
        id: "memory",
        label: ["memory of one", "メモリ"],
        python: Kind::Threads,
        recorded: (Question::Memory, At::Least),
        measure: memory::measure,
    },
];

/// What was computed by processes and by threads has to be the same, or the figures mean nothing.
pub(crate) fn agree<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> lesson::Result {
    if found == expected {
        return Ok(());
    }
    let message = lesson::text!(
        "a wrong result: {found:?} instead of {expected:?}",
        "結果が違います: {expected:?}になるはずが{found:?}でした"
    );
    Err(message.into())
}

/// Why a thread gave no result.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send>) -> String {
    lesson::text!("a thread panicked", "スレッドがパニックしました")
}
