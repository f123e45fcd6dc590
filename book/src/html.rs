//! Both languages as HTML, built in this process by mdBook's library.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use lesson::{Language, say, text};
use mdbook_driver::MDBook;

use crate::{LANGUAGES, folder};

/// Builds the pages of both languages into folders of their names within `destination`.
///
/// # Errors
///
/// As [`build_language`].
pub fn build(destination: &Path) -> Result<()> {
    for language in LANGUAGES {
        let destination = destination.join(language.name());
        build_language(language, &destination)?;
        let index = destination.join("index.html");
        let index = index.display();
        say!("Built {index}", "ビルドしました: {index}");
    }
    Ok(())
}

/// Builds the pages of one language into `destination`.
///
/// # Errors
///
/// mdBook's, with the language's folder: a page that is missing, a configuration it does not know.
pub fn build_language(language: Language, destination: &Path) -> Result<()> {
    let source = folder().join(language.name());
    let shown = source.display().to_string();
    MDBook::load(&source)
        .and_then(|mut book| {
            book.config.build.build_dir = destination.to_owned();
            book.build()
        })
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| text!("cannot build {shown}", "{shown}をビルドできません"))
}
