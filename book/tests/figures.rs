//! What was measured, on the pages: drawn from the record and from nothing else; the reader's own beside it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use book::figures::{Yours, files, measured, stale};
use comparison::record::{Record, reference};
use lesson::Language;

// The language of a process is one: what draws in both must not meet itself.
static DRAWING: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn drawing() -> std::sync::MutexGuard<'static, ()> {
    DRAWING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[test]
fn what_the_pages_show_is_drawn_from_the_record() {
    let _alone = drawing();
    let mut files = files(&Record::load(&reference()).unwrap());
    let none: Vec<std::path::PathBuf> = Vec::new();
    assert_eq!(stale(&files).unwrap(), none, "draw them again: cargo xtask book figures");

    // And a figure that is not in the record is found, and one that no record has.
    let table = measured().join("ja/table.html");
    let content = files.get_mut(&table).unwrap();
    *content = content.replacen("<td", "<td ", 1);
    assert_eq!(stale(&files).unwrap(), std::slice::from_ref(&table));
    files.remove(&table);
    assert_eq!(stale(&files).unwrap(), [table]);
}

#[test]
fn every_drawing_says_what_it_shows_and_has_no_colour_of_its_own() {
    let _alone = drawing();
    let files = files(&Record::load(&reference()).unwrap());
    assert!(files.len() >= 40, "{}", files.len());
    for (path, content) in &files {
        let shown = path.display();
        assert!(!content.contains("\n\n"), "{shown}: a blank line would end it on a page");
        assert!(!content.contains("NaN") && !content.contains("inf"), "{shown}: {content}");
        // A reference that lacks an answer is none.
        assert!(!content.contains("Not measured"), "{shown}");
        if path.extension().is_some_and(|ending| ending == "svg") {
            for part in ["<title>", "<desc>", "currentColor", "role=\"img\"", "Rust"] {
                assert!(content.contains(part), "{shown}: no {part}");
            }
            assert!(!content.contains('#'), "{shown}: a colour of its own");
            let japanese = content.contains("プロセス") || content.contains("スレッド");
            assert_eq!(japanese, path.starts_with(measured().join("ja")), "{shown}");
        }
    }
}

#[test]
fn the_reader_s_own_figures_are_beside_the_book_s_as_soon_as_they_are_there() {
    let _alone = drawing();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("measure.json");
    let yours = Yours::of(&file);
    let page = "<p>a</p><div class=\"yours\" data-figure=\"table.html\"></div>\
                <div class=\"yours\" data-figure=\"speed-up.svg\"></div><p>b</p>";
    assert_eq!(yours.fill(page, Language::English), page);

    let mut record = Record::load(&reference()).unwrap();
    record.began = 951_782_400;
    record.save(&file).unwrap();
    let filled = yours.fill(page, Language::English);
    assert!(filled.contains("On your machine (2000-02-29)") && filled.contains("<svg"), "{filled}");
    let japanese = yours.fill(page, Language::Japanese);
    assert!(japanese.contains("あなたのマシンでの結果(2000-02-29)"), "{japanese}");
    assert_eq!(yours.fill("<p>no figure</p>", Language::English), "<p>no figure</p>");

    // What cannot be read is not shown, and spoils nothing. (Another time, so that it is looked at again.)
    fs::write(&file, "{").unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
    assert_eq!(yours.fill(page, Language::English), page);
}
