//! What answers to `queue/3-merge` are given: the entries of one source.

use lesson::say;

/// An entry of a log: when it was written, and what it says (4 KiB).
pub type Entry = (u64, String);

/// How many sources there are: 0, 1 and 2.
pub const SOURCES: u64 = 3;

/// The entries of one source, in the order of their times.
///
/// All sources together have each time below `times` once. Each writes some entries, then is silent for a while; source 2
/// is silent for the first half.
pub fn entries(source: u64, times: u64) -> impl Iterator<Item = Entry> {
    let writes = move |&time: &u64| match time {
        time if time < times / 2 => (time / 7) % 2 == source,
        time => (time / 5) % SOURCES == source,
    };
    (0..times).filter(writes).map(move |time| (time, format!("{source}{}", ".".repeat(4096))))
}

/// Shows an entry: its time and its source.
pub fn show((time, text): &Entry) {
    let source = text.get(..1).unwrap_or_default();
    say!("{time} source {source}", "{time} ソース{source}");
}
