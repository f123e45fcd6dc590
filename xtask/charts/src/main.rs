//! Draws a record of `cargo xtask measure` beside it: `measure.en.html`, `measure.ja.html`, and each drawing alone.
//! Run it: `cargo run -p charts` (another record: `cargo run -p charts -- --of FILE`)

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use charts::{figures, page};
use comparison::record::{Record, here};
use lesson::{Language, Options, Result, say, text};

fn draw(file: &Path) -> Result {
    let record = Record::load(file)?;
    let spoken = lesson::language();
    for language in [Language::English, Language::Japanese] {
        let name = language.name();
        write(&file.with_extension(format!("{name}.html")), &page::page(&record, language))?;
        let beside = file.with_file_name("charts").join(name);
        for figure in figures(&record, language) {
            if let Some(alone) = page::alone(&figure) {
                write(&beside.join(&figure.name), &alone)?;
            }
        }
    }
    lesson::set_language(spoken);
    let page = file.with_extension(format!("{}.html", spoken.name()));
    let page = page.display();
    say!("Charts: {page}", "図表: {page}");
    Ok(())
}

fn write(file: &Path, content: &str) -> Result {
    let shown = file.display();
    let written = file.parent().map_or(Ok(()), fs::create_dir_all);
    written.and_then(|()| fs::write(file, content)).map_err(|error| {
        text!("cannot write {shown}: {error}", "{shown}に書き込めません: {error}").into()
    })
}

fn main() -> ExitCode {
    let options = Options::new(
        "Draws what cargo xtask measure recorded, and writes the drawings beside the record.",
        "cargo xtask measureの記録を図表にして、記録の隣に保存します。",
    )
    .text("of", "FILE", "another record", "別の記録");
    lesson::run(options, |given| match given.text("of") {
        Some(file) => draw(file.as_ref()),
        None => draw(&here()),
    })
}
