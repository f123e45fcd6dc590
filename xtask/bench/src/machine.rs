//! Where it was measured.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// What has to be known of a machine to make sense of a figure.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    pub(crate) python: Option<String>,
    pub(crate) profile: String,
}

/// This machine.
pub(crate) fn describe() -> Machine {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    Machine {
        cpu: cpu.unwrap_or(std::env::consts::ARCH).trim().to_owned(),
        cores: crate::place::cores().len(),
        kernel: kernel.trim().to_owned(),
        rustc: version_of("rustc").unwrap_or_default(),
        python: version_of("python3"),
        profile: lesson::profile().to_owned(),
    }
}

fn version_of(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout);
    Some(version.split_whitespace().nth(1)?.to_owned())
}
