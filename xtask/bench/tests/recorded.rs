//! The tables in the book are those of the recorded run: one JSON, shown in each language.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::Command;

fn show(file: &Path, language: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
    let output = command.args(["--lang", language, "--from"]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_book_shows_the_recorded_run() {
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/figures");
    for language in ["en", "ja"] {
        let shown = fs::read_to_string(figures.join(format!("bench.{language}.txt"))).unwrap();
        let rendered = show(&figures.join("bench.json"), language);
        assert_eq!(
            shown, rendered,
            "write it again: cargo xtask bench --from book/figures/bench.json"
        );
    }
}

#[test]
fn a_file_that_is_no_recording_is_refused() {
    let file = std::env::temp_dir().join(format!("bench-{}.json", std::process::id()));
    fs::write(&file, "{}").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bench")).arg("--from").arg(&file).output();
    fs::remove_file(&file).unwrap();
    let output = output.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("schema"));
}
