//! What `cargo xtask measure` found out, as drawings (SVG) and tables (HTML).
//!
//! A drawing has the colour of the text around it where no style sheet gives it others, so it is legible in every
//! theme; its text is large enough for the width of a telephone; and in `<desc>` it says all medians, for who does
//! not see it. Where figures scatter, the quartiles are drawn as a bar and the extremes as a thin line.
//!
//! # Layout
//!
//! - [`axis`]: from a figure to a place, in equal steps, by powers of ten or by names; and the marks.
//! - [`chart`]: lines of points over an axis. [`bars`]: bars from the left.
//! - [`questions`]: which drawing answers which question.
//! - [`tables`]: verdicts, the break-even points, what survives a crash, the machine.
//! - [`words`]: what ways and values are called.
//! - [`page`]: all of it on one page that stands alone.

use comparison::Record;
use lesson::Language;

pub mod axis;
pub mod bars;
pub mod chart;
pub mod page;
pub mod questions;
pub mod tables;
pub mod words;

/// A drawing or a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its file's name: `speed-up.svg`, `table.html`.
    pub name: String,
    /// The SVG or HTML, which ends with a line's end and has no blank line.
    pub content: String,
}

/// All drawings and tables of a record in a language, in the order of a page.
///
/// Sets the process's language: what names the rows and units asks for it.
pub fn figures(record: &Record, language: Language) -> Vec<Figure> {
    lesson::set_language(language);
    tables::all(record).into_iter().chain(questions::all(record)).collect()
}

/// A text as part of HTML or SVG.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
