//! The tool as a reader meets it: its tables, its help and its errors, in both languages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::{Command, Output};

use unicode_width::UnicodeWidthStr;

fn xtask(arguments: &[&str]) -> Output {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.env_clear().env("PATH", path).args(arguments).output().unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    let output = xtask(arguments);
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command line that must be refused: nothing on standard output, a message with `hint`.
fn refused(arguments: &[&str], code: i32, hint: &str) {
    let output = xtask(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(output.stdout.is_empty());
    assert!(message.contains(hint), "{message}");
}

#[test]
fn an_unknown_command_is_refused_in_both_languages() {
    refused(&["tuor"], 2, "error: tuor: there is no such command; did you mean tour?");
    refused(&["--lang", "ja", "tuor"], 2, "tourではありませんか?");
    refused(&["xyz"], 2, "error: xyz: there is no such command: see --help");
    refused(&["--lang", "ja", "xyz"], 2, "エラー: xyz: そのようなコマンドはありません");
}

#[test]
fn an_unknown_option_is_refused_in_both_languages() {
    refused(&["doctor", "--fast"], 2, "error: --fast: there is no such option");
    refused(&["doctor", "--fast", "--lang=ja"], 2, "エラー: --fast: そのような");
}

#[test]
fn an_unknown_language_is_refused() {
    refused(&["doctor", "--lang", "xx"], 2, "--lang xx: this book speaks en");
}

#[test]
fn no_command_is_refused_with_the_help_or_a_pointer_to_it() {
    refused(&[], 2, "Usage: cargo xtask");
    refused(&["--lang", "ja"], 2, "コマンドを指定してください");
}

#[test]
fn an_exercise_that_is_not_there_is_refused() {
    refused(&["exercise", "check", "process/9-none"], 1, "process/9-none: there is no such");
    refused(&["exercise", "chekc"], 2, "chekc: there is no such command");
}

#[test]
fn the_help_names_every_command() {
    for language in ["en", "ja"] {
        let help = stdout(&["--help", "--lang", language]);
        for command in ["tour", "doctor", "book", "bench", "measure", "exercise"] {
            assert!(help.contains(&format!("  {command} ")), "{help}");
        }
    }
}

#[test]
fn the_doctor_s_table_is_aligned_and_fits_a_terminal_in_both_languages() {
    for (language, purpose) in
        [("en", "the default number of workers"), ("ja", "ワーカー数の既定値")]
    {
        let table = stdout(&["doctor", "--lang", language]);
        let row = table.lines().find(|line| line.contains(purpose)).unwrap();
        let column = row[..row.find(purpose).unwrap()].width();
        for line in table.lines().take_while(|line| !line.is_empty()) {
            assert!(line.width() <= 80, "{line}");
            // Two blanks before the last column, something in it.
            let mut width = 0;
            let before: String = line
                .chars()
                .take_while(|it| {
                    width += it.to_string().width();
                    width <= column
                })
                .collect();
            assert_eq!(before.width(), column, "{line}");
            assert!(before.ends_with("  "), "{line}");
            assert!(!line[before.len()..].starts_with(' '), "{line}");
        }
    }
}

#[test]
fn the_doctor_finds_what_every_linux_has() {
    let table = stdout(&["doctor"]);
    for row in ["kernel", "/proc", "cores"] {
        assert!(table.lines().any(|it| it.starts_with(row) && it.contains("  ok  ")), "{table}");
    }
}

#[test]
fn a_reader_that_went_away_ends_it_quietly() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.arg("doctor").stdout(writer).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}
