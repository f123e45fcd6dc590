//! Other processes, as `/proc` shows them.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;

/// A process in `/proc` (`proc_pid_stat(5)`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Its pid.
    pub pid: u32,
    /// Its parent's pid.
    pub parent: u32,
    /// Its process group.
    pub group: u32,
    /// The name of its program, cut to 15 bytes by the kernel.
    pub name: String,
    /// `R` running, `S` sleeping, `D` waiting for a disk, `T` stopped, `t` stopped by a tracer, `Z` zombie.
    pub state: char,
    /// The processor time it has used so far, in ticks.
    pub ticks: u64,
    /// How many threads it has.
    pub threads: u64,
}

/// A descriptor of another process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Descriptor {
    /// Its number.
    pub number: i32,
    /// What it leads to, as `/proc/PID/fd` says: a path, `pipe:[123]`, `socket:[123]`, `/memfd:name (deleted)`.
    pub target: String,
    /// Whether it can be read from.
    pub reads: bool,
    /// Whether it can be written to.
    pub writes: bool,
    /// Whether it is an end of a pipe, with a name or without.
    pub is_pipe: bool,
}

impl Seen {
    /// Whether it has ended and was not reaped.
    pub fn is_zombie(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

/// Looks at a process; `None` if it is gone.
pub fn look(pid: u32) -> Option<Seen> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Its name stands in parentheses, and may contain some itself.
    let (before, after) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = after.split(' ').collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Seen {
        pid,
        parent: number(1)? as u32,
        group: number(2)? as u32,
        name: before.split_once('(')?.1.to_owned(),
        state: fields.first()?.chars().next()?,
        ticks: number(11)? + number(12)?,
        threads: number(17)?,
    })
}

/// The children of a process, zombies among them.
pub fn children_of(pid: u32) -> Vec<Seen> {
    children_pids(pid).into_iter().filter_map(look).filter(|child| child.parent == pid).collect()
}

/// The descendants of a process that can be reached through living parents: children before their children.
pub fn descendants_of(pid: u32) -> Vec<Seen> {
    let mut found = children_of(pid);
    let mut next = 0;
    while next < found.len() {
        if !found[next].is_zombie() {
            let more = children_of(found[next].pid);
            found.extend(more);
        }
        next += 1;
    }
    found
}

/// The pids of the children of a process, zombies among them.
pub(crate) fn children_pids(pid: u32) -> BTreeSet<u32> {
    let mut pids = BTreeSet::new();
    let mut known = false;
    for thread in threads_of(pid) {
        // `CONFIG_PROC_CHILDREN`: every distribution has it.
        if let Ok(text) = fs::read_to_string(format!("/proc/{pid}/task/{thread}/children")) {
            known = true;
            pids.extend(text.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
    }
    if !known {
        let all = numbers_in(PathBuf::from("/proc"));
        pids.extend(
            all.into_iter().filter_map(look).filter(|it| it.parent == pid).map(|it| it.pid),
        );
    }
    pids
}

/// The threads of a process, in order: the first has its pid.
pub fn threads_of(pid: u32) -> BTreeSet<u32> {
    numbers_in(PathBuf::from(format!("/proc/{pid}/task")))
}

fn numbers_in(folder: PathBuf) -> BTreeSet<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The descriptors that a process has open; none if it is gone, or not ours to look at.
pub fn descriptors_of(pid: u32) -> Vec<Descriptor> {
    let numbers = numbers_in(PathBuf::from(format!("/proc/{pid}/fd")));
    numbers.into_iter().filter_map(|number| descriptor(pid, number as i32)).collect()
}

/// One descriptor of a process, if it is open.
pub fn descriptor(pid: u32, number: i32) -> Option<Descriptor> {
    let path = format!("/proc/{pid}/fd/{number}");
    let target = fs::read_link(&path).ok()?;
    let target = target.to_string_lossy().into_owned();
    let flags = field(&format!("/proc/{pid}/fdinfo/{number}"), "flags:")?;
    let access = i32::from_str_radix(&flags, 8).ok()? & libc::O_ACCMODE;
    let (reads, writes) = (access != libc::O_WRONLY, access != libc::O_RDONLY);
    let is_pipe = fs::metadata(&path).is_ok_and(|it| it.file_type().is_fifo());
    Some(Descriptor { number, target, reads, writes, is_pipe })
}

/// The memory that a process uses and does not share with its program's file, in bytes.
pub fn memory_of(pid: u32) -> u64 {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(path).unwrap_or_default();
    let kibibytes = |name: &str| -> u64 {
        let value = text.lines().find_map(|line| line.strip_prefix(name));
        value.and_then(|it| it.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
    };
    (kibibytes("RssAnon:") + kibibytes("RssShmem:")) * 1024
}

/// The value of a line `NAME value` in a file of `/proc`.
pub(crate) fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().to_owned())
}
