//! A control group for an answer, where the system lets us have one (`cgroups(7)`).
//!
//! Version 2 ends all of its processes at once, forks in flight among them (`cgroup.kill`, Linux 5.14); the controller
//! `pids` lets no more than a number of them be. Most users may make neither: then there are two other lines of defence, in
//! `ending` and in `sys`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often removing it is tried: it is busy until the last process in it is gone altogether.
const TRIES: usize = 100;

/// The control groups of one answer: none, one or two folders.
#[derive(Debug)]
pub(crate) struct Cage {
    folders: Vec<PathBuf>,
}

impl Cage {
    /// That of the answer which the guard with this pid watches, whether or not it is there.
    pub(crate) fn of(guard: u32) -> Self {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let ours = |start: &str| -> Option<String> {
            // `0::/path` for version 2, `8:pids:/path` for a controller of version 1.
            let path = groups.lines().find_map(|line| line.split_once(start))?.1;
            Some(path.trim_start_matches('/').to_owned())
        };
        let mut folders = Vec::new();
        for mount in mounts.lines() {
            let words: Vec<&str> = mount.split(' ').collect();
            let [_, path, kind, options, ..] = words[..] else { continue };
            let group = match kind {
                "cgroup2" => ours("0::"),
                "cgroup" if options.split(',').any(|it| it == "pids") => ours(":pids:"),
                _ => None,
            };
            let name = format!("exercise-{guard}");
            folders.extend(group.map(|group| Path::new(path).join(group).join(name)));
        }
        Self { folders }
    }

    /// Makes it, as far as the system permits. A bomb is stopped well above what the exercise allows, so that the
    /// answer sees no failure before the guard has counted.
    pub(crate) fn build(&self, processes: usize) {
        for folder in &self.folders {
            if fs::create_dir(folder).is_ok() {
                let _ = fs::write(folder.join("pids.max"), most_tasks(processes).to_string());
            }
        }
    }

    /// Whether the system let us have one.
    pub(crate) fn is_there(&self) -> bool {
        self.folders.iter().any(|folder| folder.is_dir())
    }

    /// The files by which a process enters it: it writes `0`.
    pub(crate) fn doors(&self) -> Vec<File> {
        let open =
            |folder: &PathBuf| File::options().write(true).open(folder.join("cgroup.procs")).ok();
        self.folders.iter().filter_map(open).collect()
    }

    /// Ends all that is in it.
    pub(crate) fn kill(&self) {
        for folder in &self.folders {
            let file = folder.join("cgroup.kill");
            if file.is_file() {
                let _ = fs::write(file, "1");
            }
        }
    }

    /// Removes it, once it is empty.
    pub(crate) fn remove(&self) {
        for folder in self.folders.iter().filter(|it| it.is_dir()) {
            for _ in 0..TRIES {
                if fs::remove_dir(folder).is_ok() {
                    break;
                }
                thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

/// How many tasks the system is asked to stop at, where the exercise allows so many processes.
pub(crate) fn most_tasks(processes: usize) -> usize {
    4 * processes + 256
}
