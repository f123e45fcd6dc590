//! The timelines of recorded runs: drawn once, shown under the output, and checked for who is in them.
//!
//! Every coordinate in a drawing is a measured time, so a check compares none: a new run must have the same
//! processes, by name and number. (How many workers there are may depend on the machine's cores.)

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use lesson::{Language, text};
use tempfile::NamedTempFile;

use super::list::Output;
use super::record::record_with_timeline;
use crate::{folder, timeline};

/// Where the timeline of a run is.
pub fn path(output: &Output, language: Language) -> PathBuf {
    folder().join("timelines").join(language.name()).join(format!("{}.svg", output.id))
}

/// The drawing of a new run, ready to be included in a page.
///
/// # Errors
///
/// As [`record`](super::record::record); or the program wrote no timeline.
pub fn draw(output: &Output, language: Language) -> Result<String> {
    let file = NamedTempFile::new()?;
    // A run of its own: the output that is shown comes from one that wrote no timeline.
    record_with_timeline(output, language, file.path())?;
    let (events, command) = (fs::read_to_string(file.path())?, output.command(language));
    let svg = timeline::draw(&events, language, &command).with_context(|| {
        text!("{command}: it wrote no timeline", "{command}: タイムラインが書き出されていません")
    })?;
    let caption = match language {
        Language::English => "Timeline of a recorded run",
        Language::Japanese => "記録した実行のタイムライン",
    };
    Ok(format!(
        "<figure class=\"timeline\" style=\"margin:1em 0\">\n\
         <figcaption style=\"font-size:.9em\">{caption}</figcaption>\n{svg}</figure>\n"
    ))
}

/// What is wrong with a recorded timeline, if anything is, by a new run of the same program.
///
/// # Errors
///
/// As [`draw`].
pub fn difference(recorded: &str, output: &Output, language: Language) -> Result<Option<String>> {
    let now = draw(output, language)?;
    let all = |svg| {
        let (count, names) = timeline::processes(svg)?;
        Some((if output.varies() { None } else { Some(count) }, names))
    };
    let (recorded, now) = (all(recorded), all(&now));
    Ok((recorded != now).then(|| format!("- {recorded:?}\n+ {now:?}")))
}
