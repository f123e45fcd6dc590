//! What has to be known of a machine to make sense of a figure.

use std::fs;
use std::path::Path;
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
            cpu_limit: least(limits("cpu.max", cores_of)),
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
    let limits = limits("memory.max", |limit| limit.trim().parse::<u64>().ok());
    least(limits).map(|bytes| bytes >> 20)
}

fn version_of(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout);
    Some(version.split_whitespace().nth(1)?.to_owned())
}

fn least<T: PartialOrd>(limits: Vec<T>) -> Option<T> {
    limits.into_iter().reduce(|least, limit| if limit < least { limit } else { least })
}

/// The limits in `file` of our control group and of all those above it: the least one holds (`cgroups(7)`).
fn limits<T>(file: &str, read: fn(&str) -> Option<T>) -> Vec<T> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    limits_below(Path::new("/sys/fs/cgroup"), &groups, file, read)
}

fn limits_below<T>(root: &Path, groups: &str, file: &str, read: fn(&str) -> Option<T>) -> Vec<T> {
    // Version 2 has one hierarchy: `0::/user.slice/…`.
    let ours = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let group = root.join(ours);
    let above = group.ancestors().take_while(|group| group.starts_with(root));
    above.filter_map(|group| read(&fs::read_to_string(group.join(file)).ok()?)).collect()
}

/// From `50000 100000` (microseconds of how many) or `max 100000`.
fn cores_of(limit: &str) -> Option<f64> {
    let (time, of) = limit.trim().split_once(' ')?;
    Some(time.parse::<f64>().ok()? / of.parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{cores_of, least, limits_below};

    #[test]
    fn half_a_core_is_half_a_core_and_no_limit_is_none() {
        assert_eq!(cores_of("50000 100000\n"), Some(0.5));
        assert_eq!(cores_of("max 100000\n"), None);
        assert_eq!(cores_of(""), None);
    }

    #[test]
    fn the_least_limit_of_our_group_and_those_above_holds() {
        let root = tempfile::tempdir().unwrap();
        let group = root.path().join("pods/ours");
        fs::create_dir_all(&group).unwrap();
        fs::write(root.path().join("pods/cpu.max"), "50000 100000").unwrap();
        fs::write(group.join("cpu.max"), "200000 100000").unwrap();
        let limit = |groups| least(limits_below(root.path(), groups, "cpu.max", cores_of));
        assert_eq!(limit("0::/pods/ours\n"), Some(0.5));
        assert_eq!(limit("0::/\n"), None);
        assert_eq!(limit(""), None);
    }
}
