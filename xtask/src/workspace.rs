//! Where the workspace is, and running cargo in it.

use std::env;
use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};
use lesson::text;

/// The workspace's root folder.
pub fn root() -> &'static Path {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR"));
    tool.parent().unwrap_or(tool)
}

/// A cargo command, run in the workspace's root: the cargo that runs us, else the one on the path.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Builds binaries, `(package, binary)`, with cargo's progress visible, in the profile we are built in.
///
/// # Errors
///
/// Cargo cannot be run, or the build fails (cargo has said why).
pub fn build<'a>(binaries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<()> {
    let mut command = cargo();
    command.arg("build");
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    for (package, binary) in binaries {
        command.args(["-p", package, "--bin", binary]);
    }
    let status =
        command.status().with_context(|| text!("cannot run cargo", "cargoを実行できません"))?;
    if !status.success() {
        bail!(text!(
            "the build failed: cargo says why above",
            "ビルドに失敗しました(理由は上のcargoの出力にあります)"
        ));
    }
    Ok(())
}

/// The path of a built binary: cargo puts all of a profile beside each other, and us with them.
///
/// # Errors
///
/// It is not there: it was not built, or into another folder.
pub fn binary(name: &str) -> Result<PathBuf> {
    let ours = env::current_exe()
        .with_context(|| text!("cannot find this tool's own file", "自身の場所がわかりません"))?;
    // A test's binary is one folder deeper.
    let found = ours.ancestors().skip(1).take(2).map(|folder| folder.join(name));
    let found = found.into_iter().find(|path| path.is_file());
    found.with_context(|| {
        let folder = ours.parent().unwrap_or(&ours).display();
        text!(
            "{name} is not in {folder}: build it first",
            "{name}が{folder}にありません(先にビルドしてください)"
        )
    })
}

/// A command that speaks the language of this tool.
pub fn speaking(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).env("LESSON_LANG", lesson::language().name());
    command
}

/// How a command ended, in words.
pub fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => text!("exit code {code}", "終了コード{code}"),
        (None, Some(signal)) => {
            text!("killed by signal {signal}", "シグナル{signal}で終了")
        }
        (None, None) => status.to_string(),
    }
}
