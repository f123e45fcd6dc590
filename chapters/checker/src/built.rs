//! Building a program with cargo, and finding it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lesson::text;

/// Which of a package's programs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A binary: `--bin NAME`.
    Binary(String),
    /// The program of a test: `--test NAME`.
    Test(String),
}

/// Builds targets of packages in one go, with cargo's errors visible, and gives their paths in the same order.
///
/// In the profile that we are built in. Blocks while another cargo builds in the same folder.
///
/// # Errors
///
/// A message for the reader: cargo cannot be run, or the build fails (cargo has said why).
pub fn build(root: &Path, wanted: &[(String, Target)]) -> Result<Vec<PathBuf>, String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args([
        "build",
        "--quiet",
        "--message-format=json-render-diagnostics",
    ]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    for (package, target) in wanted {
        command.args(["-p", package]);
        match target {
            Target::Binary(name) => command.args(["--bin", name]),
            Target::Test(name) => command.args(["--test", name]),
        };
    }
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|error| {
            text!("cannot run cargo: {error}", "cargoを実行できません: {error}")
        })?;
    if !output.status.success() {
        return Err(text!(
            "the build failed: cargo says why above",
            "ビルドに失敗しました(理由は上のcargoの出力にあります)"
        ));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let find = |(package, target): &(String, Target)| {
        executable(&messages, package, target).ok_or_else(|| {
            text!("cargo did not build {target:?}", "cargoは{target:?}をビルドしませんでした")
        })
    };
    wanted.iter().map(find).collect()
}

/// The executable that cargo's messages name for a target, one JSON object a line.
fn executable(messages: &str, package: &str, target: &Target) -> Option<PathBuf> {
    let (kind, name) = match target {
        Target::Binary(name) => ("\"kind\":[\"bin\"]", name),
        Target::Test(name) => ("\"kind\":[\"test\"]", name),
    };
    let name = format!("\"name\":\"{name}\"");
    // `path+file:///…/chapters/2-process#0.1.0`, or `…#process@0.1.0` where the folder has another name.
    let packages = [format!("#{package}@"), format!("/{package}#")];
    let line = messages.lines().find(|line| {
        line.starts_with("{\"reason\":\"compiler-artifact\"")
            && line.contains(kind)
            && line.contains(&name)
            && packages.iter().any(|package| line.contains(package))
            && line.contains("\"executable\":\"")
    })?;
    let path = line.split_once("\"executable\":\"")?.1.split_once('"')?.0;
    Some(PathBuf::from(path.replace("\\\\", "\\")))
}
