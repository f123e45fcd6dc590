//! The five situations, in the order of the table.

pub mod compute_bound;
pub mod data_sharing;
pub mod io_bound;
pub mod light_tasks;
pub mod multi_core;

use crate::row::{Kind, Row, Unit};

/// The five rows of the table.
pub const ROWS: [Row; 5] = [
    Row {
        id: "compute_bound",
        label: ["compute-bound work", "計算集約型の処理"],
        python: Kind::Processes,
        unit: Unit::Seconds,
        measure: compute_bound::measure,
    },
    Row {
        id: "io_bound",
        label: ["much waiting for I/O", "I/O待ちが多い処理"],
        python: Kind::Threads,
        unit: Unit::Milliseconds,
        measure: io_bound::measure,
    },
    Row {
        id: "multi_core",
        label: ["using all cores", "マルチコアを活用したい"],
        python: Kind::Processes,
        unit: Unit::Times,
        measure: multi_core::measure,
    },
    Row {
        id: "light_tasks",
        label: ["many light tasks", "軽量なタスクを並列化"],
        python: Kind::Threads,
        unit: Unit::Microseconds,
        measure: light_tasks::measure,
    },
    Row {
        id: "data_sharing",
        label: ["sharing data", "データ共有が必要"],
        python: Kind::Threads,
        unit: Unit::Milliseconds,
        measure: data_sharing::measure,
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
