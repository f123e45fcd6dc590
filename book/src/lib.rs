//! The book: its text is in `en/` and `ja/`, its recorded outputs are in `outputs/`.
//!
//! Building it runs nothing, so it is reproducible: outputs are recorded by `cargo xtask book outputs
//! bless` and kept honest by `cargo xtask book outputs check`. A plain `mdbook build book/en` works too.
//!
//! # Layout
//!
//! - [`html`]: both languages, built in this process by mdBook's library.
//! - [`serve`]: the built pages, on loopback, built again when something was edited.
//! - [`run`]: running the programs that the book shows, for a page.
//! - [`timeline`]: what each process of a run did, and when, as a drawing.
//! - [`sources`]: the pages as they are written, and what is read from them.
//! - [`translations`]: whether each Japanese page still says what its English source says.
//! - [`figures`]: what was measured, drawn; the reader's own beside it.
//! - [`predictions`]: whether what the questions ask about is so.
//! - [`outputs`]: recording what programs print, and comparing it with what they print now.

pub mod figures;
pub mod html;
pub mod outputs;
pub mod predictions;
pub mod run;
pub mod secret;
pub mod serve;
pub mod sources;
pub mod timeline;
pub mod translations;

use std::path::{Path, PathBuf};

use lesson::Language;

/// The languages of the book, in the order in which they are built.
pub const LANGUAGES: [Language; 2] = [Language::English, Language::Japanese];

/// This package's folder, with the text and the recorded outputs.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the pages of both languages are built, each in a folder of its name.
pub fn html_folder() -> PathBuf {
    folder().join("html")
}
