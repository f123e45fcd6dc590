//! Other processes, as `/proc` shows them.

use std::collections::BTreeSet;
use std::fs;

/// A process in `/proc` (`proc_pid_stat(5)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Its pid.
    pub pid: u32,
    /// Its parent's pid.
    pub parent: u32,
    /// Its process group.
    pub group: u32,
    /// Whether it is a zombie: it has ended and was not reaped.
    pub zombie: bool,
}

/// The children of a process, zombies among them.
pub fn children_of(parent: u32) -> BTreeSet<Seen> {
    all().filter(|seen| seen.parent == parent).collect()
}

/// The processes of a group that still run.
pub(super) fn running_in_group(group: u32) -> BTreeSet<Seen> {
    all().filter(|seen| seen.group == group && !seen.zombie).collect()
}

fn all() -> impl Iterator<Item = Seen> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| look(entry.file_name().to_str()?.parse().ok()?))
}

/// `None` if it is gone.
fn look(pid: u32) -> Option<Seen> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Its name stands in parentheses, and may contain some itself.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    let mut number = || fields.next()?.parse().ok();
    Some(Seen { pid, parent: number()?, group: number()?, zombie: matches!(state, "Z" | "X") })
}
