//! Other processes, as `/proc` shows them.

use std::fs;
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use lesson::text;
use nix::unistd::{Pid, gettid};

/// Another process at this moment (`proc_pid_stat(5)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// `R`, `S` (asleep), `T` (stopped), `Z` (a zombie) …
    pub(super) state: char,
    group: i32,
}

/// Looks at a process; `None` if there is none of that number.
pub(super) fn look(pid: Pid) -> Option<Seen> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Its name stands in parentheses, and may contain some itself.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?.chars().next()?;
    // Between the state and the group stands the parent.
    Some(Seen { state, group: fields.nth(1)?.parse().ok()? })
}

/// Whether a process runs, or could again: a zombie has ended.
pub(super) fn runs(pid: Pid) -> bool {
    look(pid).is_some_and(|seen| !matches!(seen.state, 'Z' | 'X'))
}

/// How many processes of a group run.
pub(super) fn running_in_group(group: Pid) -> usize {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let pids = pids.map(Pid::from_raw);
    let of_group = |&pid: &Pid| look(pid).is_some_and(|seen| seen.group == group.as_raw());
    pids.filter(of_group).filter(|&pid| runs(pid)).count()
}

/// The children of this thread, running or zombies.
pub(super) fn children() -> io::Result<Vec<Pid>> {
    let listed = fs::read_to_string(format!("/proc/self/task/{}/children", gettid()))?;
    Ok(listed.split_whitespace().filter_map(|pid| pid.parse().ok()).map(Pid::from_raw).collect())
}

/// Looks again and again until something is so: `/proc` has nothing to wait for.
pub(super) fn within(patience: Duration, is_so: impl Fn() -> bool) -> bool {
    let end = Instant::now() + patience;
    while !is_so() {
        if Instant::now() > end {
            return false;
        }
        sleep(Duration::from_millis(1));
    }
    true
}

/// Waits until a process is in a certain state.
pub(super) fn until(pid: Pid, state: char) -> lesson::Result {
    let is_so = || look(pid).is_some_and(|seen| seen.state == state);
    if within(Duration::from_secs(5), is_so) {
        return Ok(());
    }
    Err(text!("process {pid} was never in state {state}", "プロセス{pid}が状態{state}になりません")
        .into())
}
