//! What the reader has done so far, in `.progress/`, which version control ignores.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use lesson::text;
use serde::{Deserialize, Serialize};

use super::catalog::{Exercise, shown};
use crate::workspace::root;

/// Of all exercises, by their full names.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    exercises: BTreeMap<String, Entry>,
}

/// Of one exercise.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    /// When it was solved first, in seconds since 1970.
    pub(super) solved: Option<u64>,
    /// How often an answer was checked.
    pub(super) checks: u32,
    /// How many hints were shown.
    pub(super) hints: usize,
    /// When it was worked on last, in seconds since 1970; 0: never.
    pub(super) latest: u64,
    /// Whether the solution was shown before it was solved.
    pub(super) gave_up: bool,
}

/// The folder of what is the reader's own; `LESSON_PROGRESS` names another, for a room that shares a clone, and for tests.
pub(super) fn folder() -> PathBuf {
    let named = env::var_os("LESSON_PROGRESS").filter(|it| !it.is_empty());
    named.map_or_else(|| root().join(".progress"), PathBuf::from)
}

impl Progress {
    /// Reads it; nothing is there before the first check.
    pub(super) fn read() -> Result<Self> {
        let path = folder().join("progress.json");
        if !path.is_file() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).with_context(|| shown(&path))?;
        serde_json::from_str(&text).with_context(|| {
            let path = shown(&path);
            text!(
                "{path} cannot be read; remove it to begin anew",
                "{path}を読めません(消すと最初からになります)"
            )
        })
    }

    pub(super) fn of(&self, exercise: &Exercise) -> Entry {
        self.exercises.get(&exercise.full_name()).cloned().unwrap_or_default()
    }

    pub(super) fn is_solved(&self, exercise: &Exercise) -> bool {
        self.of(exercise).solved.is_some()
    }

    /// The exercise that was solved last.
    pub(super) fn latest<'a>(&self, all: &'a [Exercise]) -> Option<&'a Exercise> {
        let solved = all.iter().filter(|exercise| self.is_solved(exercise));
        solved.max_by_key(|exercise| self.of(exercise).solved)
    }

    /// The place of the exercise that was worked on last; the first, if none was.
    pub(super) fn at(&self, all: &[Exercise]) -> usize {
        let when = |&place: &usize| self.of(&all[place]).latest;
        (0..all.len()).filter(|place| when(place) > 0).max_by_key(when).unwrap_or(0)
    }

    /// Changes what is known of an exercise, and writes it.
    pub(super) fn note(
        &mut self,
        exercise: &Exercise,
        change: impl FnOnce(&mut Entry),
    ) -> Result<()> {
        let entry = self.exercises.entry(exercise.full_name()).or_default();
        entry.latest = now();
        change(entry);
        self.write(&folder().join("progress.json"))
    }

    /// Writes it to a file, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
        fs::create_dir_all(parent.unwrap_or(Path::new("."))).with_context(|| shown(path))?;
        let beside = path.with_extension("new");
        let text = serde_json::to_string_pretty(self)?;
        fs::write(&beside, text + "\n").with_context(|| shown(&beside))?;
        fs::rename(&beside, path).with_context(|| shown(path))
    }
}

/// Now, in seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs())
}
