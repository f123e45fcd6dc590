//! Other processes, as `/proc` shows them.

use std::collections::BTreeSet;
use std::fs;

/// The pids of a group's processes that still run.
pub(super) fn running_in_group(group: u32) -> BTreeSet<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|&pid| running_group(pid) == Some(group)).collect()
}

/// The group of a process that runs (`proc_pid_stat(5)`); `None` if it is a zombie, or gone.
fn running_group(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Its name stands in parentheses, and may contain some itself.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let runs = !matches!(fields.next()?, "Z" | "X");
    // Between the state and the group stands the parent.
    let group = fields.nth(1)?.parse().ok()?;
    runs.then_some(group)
}
