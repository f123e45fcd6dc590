//! `cargo xtask exercise sync`: lists each chapter's exercises in its manifests.
//!
//! Cargo finds neither programs nor tests in folders like these by itself. So below a marker, two manifests of a
//! chapter are written from what its folders have: the checks as tests of the chapter's own package, so that
//! `cargo test -p process --test reap` works, and the answers as binaries of `<chapter>-exercises`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use lesson::text;

use super::catalog::{Exercise, shown};

const MARKER: &str = "# exercises: from here on written by `cargo xtask exercise sync`\n";

/// Writes the manifests, or only says which are not as they should be.
pub(super) fn sync(exercises: &[Exercise], write: bool) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    let mut chapters: Vec<&Exercise> = Vec::new();
    for exercise in exercises {
        if chapters.last().is_none_or(|last| last.chapter != exercise.chapter) {
            chapters.push(exercise);
        }
    }
    for chapter in chapters {
        let ours = || exercises.iter().filter(|it| it.chapter == chapter.chapter);
        let within = chapter.folder.parent().context("exercises")?;
        let mut tests = String::new();
        let mut binaries = String::new();
        for exercise in ours() {
            let folder = format!("{}-{}", exercise.number, exercise.name);
            let name = &exercise.name;
            tests += &format!(
                "\n[[test]]\nname = \"{name}\"\npath = \"exercises/{folder}/check.rs\"\nharness = false\ntest = false\n"
            );
            let mut answers = vec![("stub".to_owned(), exercise.binary(""))];
            answers.push(("solution".to_owned(), exercise.binary("solution")));
            answers.extend(exercise.wrong()?.into_iter().map(|stem| {
                let binary = exercise.binary(&stem);
                (stem, binary)
            }));
            for (stem, binary) in answers {
                // Not to be built once more as unit tests, of which they have none.
                binaries += &format!(
                    "\n[[bin]]\nname = \"{binary}\"\npath = \"{folder}/{stem}.rs\"\ntest = false\n"
                );
            }
        }
        for (manifest, list) in
            [(within.with_file_name("Cargo.toml"), tests), (within.join("Cargo.toml"), binaries)]
        {
            stale.extend(replace(&manifest, &list, write)?);
        }
    }
    Ok(stale)
}

/// Puts `list` below the marker; gives the manifest's path if it was not so.
fn replace(manifest: &Path, list: &str, write: bool) -> Result<Option<String>> {
    let text = fs::read_to_string(manifest).with_context(|| shown(manifest))?;
    let (own, _) = text.split_once(MARKER).with_context(|| {
        let (path, marker) = (shown(manifest), MARKER.trim_end());
        text!("{path}: there is no line {marker:?}", "{path}: {marker:?}という行がありません")
    })?;
    let new = format!("{own}{MARKER}{list}");
    if new == text {
        return Ok(None);
    }
    if write {
        fs::write(manifest, new).with_context(|| shown(manifest))?;
    }
    Ok(Some(shown(manifest)))
}
