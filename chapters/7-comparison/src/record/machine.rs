//! What has to be known of a machine to make sense of a figure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{SysconfVar, sysconf};
use serde::{Deserialize, Serialize};

/// Where it was measured, and with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's model; its architecture where the kernel does not name the model.
    pub cpu: String,
    /// How many cores the programs may use: [`pool::cores`].
    pub cores: usize,
    /// How many cores' worth of time a container may use, if it is limited: 0.5 is half a core.
    pub cpu_limit: Option<f64>,
    /// The machine's memory, in MiB.
    pub memory: u64,
    /// How much of it a container may use, in MiB, if it is limited.
    pub memory_limit: Option<u64>,
    /// The kernel's release.
    pub kernel: String,
    /// The compiler's version, if one is on the path.
    pub rustc: Option<String>,
    /// Python's version, if there is a `python3` on the path.
    pub python: Option<String>,
    /// How the programs were built.
    pub profile: String,
}

impl Machine {
    /// The machine this program runs on. Runs `rustc` and `python3` for their versions.
    pub fn this() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let cpus = read("/proc/cpuinfo");
        let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
        let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten().unwrap_or(4096) as u64;
        let pages = sysconf(SysconfVar::_PHYS_PAGES).ok().flatten().unwrap_or(0) as u64;
        Self {
            cpu: cpu.unwrap_or(std::env::consts::ARCH).trim().to_owned(),
            cores: pool::cores(),
            cpu_limit: least(ours("cpu").iter().filter_map(|group| cpu_limit_of(group))),
            memory: (pages * page) >> 20,
            memory_limit: memory_limit(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            rustc: version_of("rustc"),
            python: version_of("python3"),
            profile: lesson::profile().to_owned(),
        }
    }
}

/// How much memory a container may use, in MiB, if it is limited.
pub(crate) fn memory_limit() -> Option<u64> {
    least(ours("memory").iter().filter_map(|group| memory_limit_of(group))).map(|bytes| bytes >> 20)
}

fn version_of(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout);
    Some(version.split_whitespace().nth(1)?.to_owned())
}

fn least<T: PartialOrd>(limits: impl Iterator<Item = T>) -> Option<T> {
    limits.reduce(|least, limit| if limit < least { limit } else { least })
}

/// The folders of our control group for a controller, and of all groups above it: the least limit holds.
///
/// Version 2 has one hierarchy, `0::/user.slice/…`; version 1 one for each controller, `4:cpu,cpuacct:/…`
/// (`cgroups(7)`).
fn folders(root: &Path, groups: &str, controller: &str) -> Vec<PathBuf> {
    let folders_of = |line: &str| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, group) = (fields.next()?, fields.next()?.trim_start_matches('/'));
        let top = match controllers {
            "" => root.to_owned(),
            of if of.split(',').any(|of| of == controller) => root.join(controller),
            _ => return None,
        };
        let group = top.join(group);
        let above = group.ancestors().take_while(|group| group.starts_with(&top));
        Some(above.map(Path::to_owned).collect::<Vec<_>>())
    };
    groups.lines().filter_map(folders_of).flatten().collect()
}

fn ours(controller: &str) -> Vec<PathBuf> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    folders(Path::new("/sys/fs/cgroup"), &groups, controller)
}

/// Cores' worth of time that a group may use: `50000 100000` (microseconds of how many) or `max 100000`.
fn cpu_limit_of(folder: &Path) -> Option<f64> {
    let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
    let limit = read("cpu.max").or_else(|| {
        let (time, of) = (read("cpu.cfs_quota_us")?, read("cpu.cfs_period_us")?);
        Some(format!("{} {of}", time.trim()))
    })?;
    let (time, of) = limit.trim().split_once(' ')?;
    let limit = time.parse::<f64>().ok()? / of.parse::<f64>().ok()?;
    // Version 1 says -1 for none.
    (limit > 0.0).then_some(limit)
}

/// Bytes that a group may use.
fn memory_limit_of(folder: &Path) -> Option<u64> {
    let files = ["memory.max", "memory.limit_in_bytes"];
    let limit = files.iter().find_map(|file| fs::read_to_string(folder.join(file)).ok())?;
    // Version 1 has a number for none, too: more than any machine has.
    limit.trim().parse().ok().filter(|&limit| limit < 1 << 60)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{cpu_limit_of, folders, least, memory_limit_of};

    #[test]
    fn the_least_limit_of_our_group_and_those_above_holds() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let cpu = |groups| {
            let folders = folders(root.path(), groups, "cpu");
            least(folders.iter().filter_map(|folder| cpu_limit_of(folder)))
        };
        write("pods/cpu.max", "50000 100000\n");
        write("pods/ours/cpu.max", "200000 100000\n");
        write("pods/free/cpu.max", "max 100000\n");
        write("free/cpu.max", "max 100000\n");
        assert_eq!(cpu("0::/pods/ours\n"), Some(0.5));
        assert_eq!(cpu("0::/pods/free\n"), Some(0.5));
        assert_eq!(cpu("0::/free\n"), None);
        assert_eq!(cpu(""), None);

        write("cpu/old/cpu.cfs_quota_us", "150000\n");
        write("cpu/old/cpu.cfs_period_us", "100000\n");
        write("cpu/cpu.cfs_quota_us", "-1\n");
        write("cpu/cpu.cfs_period_us", "100000\n");
        assert_eq!(cpu("7:memory:/old\n4:cpu,cpuacct:/old\n"), Some(1.5));
        assert_eq!(cpu("4:cpu,cpuacct:/\n"), None);

        write("memory/old/memory.limit_in_bytes", "1073741824\n");
        write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        let groups = folders(root.path(), "7:memory:/old\n", "memory");
        assert_eq!(least(groups.iter().filter_map(|it| memory_limit_of(it))), Some(1 << 30));
    }
}
