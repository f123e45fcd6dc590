//! Building again what was edited: the pages of the languages concerned, and the programs.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use lesson::{Language, say, text};
use notify::{EventKind, RecursiveMode, Watcher, recommended_watcher};
use tokio::sync::broadcast;

use crate::run::freshness::Stale;
use crate::{LANGUAGES, folder, serve};

/// An editor writes a file in several steps, and a checkout writes many: they are one change.
const SETTLED: Duration = Duration::from_millis(50);
/// Whoever goes on writing does not put it off for longer.
const AT_LATEST: Duration = Duration::from_millis(500);

/// What the pages are made of, within the book's folder.
const PARTS: [&str; 7] = ["en", "ja", "assets", "outputs", "diagrams", "timelines", "figures"];

/// Watches in the background, from now on, and builds again into `pages`. Each language that was built is told
/// to `rebuilt`.
///
/// # Errors
///
/// The system cannot watch (`inotify(7)`: its limits are in `/proc/sys/fs/inotify`).
pub fn watch(pages: &Path, rebuilt: broadcast::Sender<Language>, stale: Stale) -> Result<()> {
    let pages = pages.to_owned();
    let chapters = xtask::workspace::root().join("chapters");
    let (sender, changes) = channel();
    let mut watcher = recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        // That a file was read changes nothing; ours are read at every build.
        if !matches!(event.kind, EventKind::Access(_)) {
            event.paths.into_iter().for_each(|path| drop(sender.send(path)));
        }
    })
    .with_context(|| text!("cannot watch files", "ファイルを監視できません"))?;
    let parts = PARTS.map(|part| folder().join(part)).into_iter().filter(|part| part.is_dir());
    for watched in parts.chain([chapters.clone()]) {
        let shown = watched.display().to_string();
        watcher
            .watch(&watched, RecursiveMode::Recursive)
            .with_context(|| text!("cannot watch {shown}", "{shown}を監視できません"))?;
    }
    thread::spawn(move || {
        // It watches as long as it lives.
        let _watcher = watcher;
        while let Some(paths) = settled(&changes) {
            if paths.iter().any(|path| is_source(path, &chapters)) {
                stale.tell();
            }
            for language in LANGUAGES {
                if paths.iter().any(|path| concerns(path, language, &chapters)) {
                    build(&pages, language, &rebuilt);
                }
            }
        }
    });
    Ok(())
}

fn build(pages: &Path, language: Language, rebuilt: &broadcast::Sender<Language>) {
    let begun = Instant::now();
    match serve::rebuild(pages, language) {
        Ok(()) => {
            let (name, took) = (language.name(), begun.elapsed().as_secs_f64());
            say!("Built {name} again in {took:.1} s", "{name}を再ビルドしました({took:.1}秒)");
            // No page may be open.
            let _ = rebuilt.send(language);
        }
        Err(error) => eprintln!("{}: {error:#}", text!("error", "エラー")),
    }
}

/// The paths of one change; `None` when nobody watches any more.
fn settled(changes: &Receiver<PathBuf>) -> Option<Vec<PathBuf>> {
    let mut paths = vec![changes.recv().ok()?];
    let begun = Instant::now();
    while let Ok(path) = changes.recv_timeout(SETTLED) {
        paths.push(path);
        if begun.elapsed() > AT_LATEST {
            break;
        }
    }
    Some(paths)
}

/// Whether the pages of a language are made from this file.
fn concerns(path: &Path, language: Language, chapters: &Path) -> bool {
    if is_scratch(path) {
        return false;
    }
    if let Ok(within) = path.strip_prefix(chapters) {
        // Programs and their Python counterparts are included.
        return within.extension().is_some_and(|ending| ending == "rs" || ending == "py");
    }
    let Ok(within) = path.strip_prefix(folder()) else { return false };
    let name = within.to_string_lossy();
    let of = |language: Language| {
        let name_of = language.name();
        within.iter().any(|part| part == name_of) || name.ends_with(&format!(".{name_of}.svg"))
    };
    of(language) || !LANGUAGES.into_iter().any(of)
}

fn is_source(path: &Path, chapters: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    path.starts_with(chapters) && !is_scratch(path) && (ending == "rs" || ending == "toml")
}

/// What editors write beside a file.
fn is_scratch(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name.ends_with('~') || name.ends_with(".swp") || name == "4913"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_concerns_the_languages_whose_pages_are_made_from_it() {
        let chapters = xtask::workspace::root().join("chapters");
        let concerned = |path: &str| -> Vec<&str> {
            let path = xtask::workspace::root().join(path);
            let of = LANGUAGES.into_iter().filter(|of| concerns(&path, *of, &chapters));
            of.map(|language| language.name()).collect()
        };
        assert_eq!(concerned("book/en/src/index.md"), ["en"]);
        assert_eq!(concerned("book/outputs/ja/process.console"), ["ja"]);
        assert_eq!(concerned("book/diagrams/fork.ja.svg"), ["ja"]);
        assert_eq!(concerned("book/assets/book.css"), ["en", "ja"]);
        assert_eq!(concerned("chapters/2-process/src/bin/process.rs"), ["en", "ja"]);
        assert_eq!(concerned("chapters/2-process/Cargo.toml"), [""; 0]);
        assert_eq!(concerned("book/en/src/.index.md.swp"), [""; 0]);
    }
}
