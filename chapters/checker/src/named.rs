//! Shared memory with a name, in `/dev/shm`: what an answer has forgotten there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use lesson::text;

use crate::problem::{Problem, problem};
use crate::processes::descriptors_of;
use crate::report::listed;

/// How long a new name has to stay without a user until it counts as forgotten.
const OTHERS_MOMENT: Duration = Duration::from_millis(300);

/// The names that were there before an answer began.
#[derive(Debug)]
pub(crate) struct Named(BTreeSet<PathBuf>);

impl Named {
    pub(crate) fn now() -> Self {
        Self(names())
    }

    /// Names that are new, stay, and that no process has open: they are removed.
    pub(crate) fn leaked(&self) -> Option<Problem> {
        let new = || -> BTreeSet<PathBuf> {
            let now = names();
            now.difference(&self.0).filter(|path| is_ours(path)).cloned().collect()
        };
        let mut leaked = new();
        if leaked.is_empty() {
            return None;
        }
        // Another program of this user may be about to open, or to remove, what it has just made.
        thread::sleep(OTHERS_MOMENT);
        let still = new();
        leaked.retain(|path| still.contains(path));
        for path in &leaked {
            let _ = fs::remove_file(path);
        }
        let leaked: Vec<String> = leaked.iter().map(|path| path.display().to_string()).collect();
        let which = listed(&leaked);
        (!leaked.is_empty()).then(|| {
            problem(
                "shared-memory",
                text!("shared memory left behind: {which}", "共有メモリが残りました: {which}"),
            )
        })
    }
}

fn names() -> BTreeSet<PathBuf> {
    let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Whether a new name belongs to this user and to no process that still has it mapped or open.
fn is_ours(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let ours =
        fs::symlink_metadata(path).is_ok_and(|it| it.uid() == nix::unistd::getuid().as_raw());
    let name = path.display().to_string();
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ours && !pids.any(|pid| {
        fs::read_to_string(format!("/proc/{pid}/maps")).is_ok_and(|maps| maps.contains(&name))
            || descriptors_of(pid).iter().any(|it| it.target == name)
    })
}
