//! Figures are true under `cargo run`: whatever the chapters' programs stand on is optimised as they are.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use tests::PROGRAMS;

/// The crates that are linked into the chapters' programs, from outside this workspace.
fn linked() -> BTreeSet<String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    for program in PROGRAMS {
        command.args(["--package", program.name]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        // Ours have a path; what runs in the compiler is in no program.
        .filter(|line| !line.is_empty() && !line.contains("(/") && !line.contains("(proc-macro)"))
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect()
}

/// What only a procedural macro stands on.
const IN_THE_COMPILER: [&str; 4] = ["proc-macro2", "quote", "syn", "unicode-ident"];

#[test]
fn what_the_programs_stand_on_is_optimised_as_they_are() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let (_, profile) = manifest.split_once("[profile.dev.package]").unwrap();
    let optimised: BTreeSet<String> = profile
        .lines()
        .filter_map(|line| line.split_once(" = { opt-level = 2 }"))
        .map(|(name, _)| name.to_owned())
        .collect();
    let mut linked = linked();
    assert!(linked.len() > 20, "{linked:?}");
    linked.retain(|name| !IN_THE_COMPILER.contains(&&**name));
    assert_eq!(optimised, linked, "the list in Cargo.toml, and what `cargo tree` shows");
}
