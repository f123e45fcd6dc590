//! Whether each Japanese page still says what its English source says.
//!
//! A Japanese page begins with `<!-- english: HEX -->`: the hash of the English page that it was compared with,
//! by a person, who then said `bless`. When the English page changes, the two differ. What was recorded by the
//! machine (outputs, timelines) changes without changing what the page says, and is not in the hash; whether
//! both pages show the same recordings, code, commands and questions is compared each time.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use lesson::{Language, say, text};
use sha2::{Digest, Sha256};

use crate::sources::{self, SUMMARY, Structure};

/// What to do with the translations.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    #[command(about = text!("Notes that Japanese pages say what the English ones say now: compare them first.", "日本語のページが今の英語のページと一致していることを記録します(先に見比べてください)。"))]
    Bless(Which),
    #[command(about = text!("Finds Japanese pages that are older than their English source.", "英語のページより古い日本語のページを探します。"))]
    Check(Which),
}

#[derive(clap::Args, Debug)]
struct Which {
    #[arg(value_name = "PAGE", help = text!("pages or folders, such as 2-process/fork; without it, all", "ページかフォルダー(2-process/forkなど。省略時はすべて)"))]
    pages: Vec<String>,
}

/// Notes or checks. A check that finds a page out of date says which, and why, and ends with exit code 1.
///
/// # Errors
///
/// A page cannot be read or written; there is no such page; a page lacks what its source has.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (Action::Bless(which) | Action::Check(which)) = &arguments.action;
    let (english, japanese) = (pages(Language::English)?, pages(Language::Japanese)?);
    let named = |page: &str| {
        let within = |name: &String| {
            let rest = page.strip_prefix(name.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest == ".md" || rest.starts_with('/'))
        };
        which.pages.is_empty() || which.pages.iter().any(within)
    };
    let chosen: Vec<&String> = english.keys().filter(|page| named(page)).collect();
    if chosen.is_empty() {
        let pages = which.pages.join(" ");
        bail!(text!("{pages}: there is no such page", "{pages}: そのようなページはありません"));
    }
    let mut wrong = 0;
    for page in chosen {
        let mut found = Vec::new();
        match (japanese.get(page), &arguments.action) {
            (None, _) => {
                found.push(text!("there is no Japanese page", "日本語のページがありません"));
            }
            (Some(translation), Action::Bless(_)) => {
                found.extend(differences(&english[page], translation)?);
                if found.is_empty() {
                    let blessed = blessed(&english[page], translation)?;
                    if blessed != *translation {
                        fs::write(sources::path(Language::Japanese, page), blessed)
                            .with_context(|| page.clone())?;
                        say!("noted: {page}", "記録しました: {page}");
                    }
                }
            }
            (Some(translation), Action::Check(_)) => {
                found.extend(outdated(&english[page], translation)?);
                found.extend(differences(&english[page], translation)?);
            }
        }
        wrong += usize::from(!found.is_empty());
        for sentence in found {
            say!("{page}: {sentence}", "{page}: {sentence}");
        }
    }
    for page in japanese.keys().filter(|page| named(page) && !english.contains_key(*page)) {
        wrong += 1;
        say!("{page}: there is no English page", "{page}: 英語のページがありません");
    }
    if wrong > 0 {
        bail!(text!(
            "{wrong} pages differ: mend them, then cargo xtask book translations bless PAGE",
            "{wrong}ページが一致していません(直してから cargo xtask book translations bless PAGE)"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn pages(language: Language) -> Result<BTreeMap<String, String>> {
    let mut pages = sources::read(language)?;
    pages.remove(SUMMARY);
    Ok(pages)
}

/// Why a translation is not one of this English page; `None` if it is.
///
/// # Errors
///
/// Never with the patterns of this program.
pub fn outdated(english: &str, translation: &str) -> Result<Option<String>> {
    Ok(match noted(translation)? {
        Some(noted) if noted == hash(english)? => None,
        Some(_) => Some(text!(
            "its English source has changed since they were compared",
            "見比べたあとで英語のページが変わりました"
        )),
        None => Some(text!(
            "it was never compared with its English source",
            "英語のページとまだ見比べていません"
        )),
    })
}

/// What one page has and the other has not, or has elsewhere.
///
/// # Errors
///
/// A question whose answer is no number.
pub fn differences(english: &str, translation: &str) -> Result<Vec<String>> {
    let (one, other) = (
        Structure::of(english, Language::English)?,
        Structure::of(translation, Language::Japanese)?,
    );
    let mut found = Vec::new();
    let mut compare = |what: String, one: Vec<String>, other: Vec<String>| {
        if one != other {
            let at = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
            let [one, other] = [&one, &other]
                .map(|list| list.get(at).map_or_else(|| "-".to_owned(), |it| format!("{it:?}")));
            let number = at + 1;
            found.push(text!(
                "{what} differ at number {number}: {one} in English, {other} in Japanese",
                "{what}の{number}番目が違います(英語は{one}、日本語は{other})"
            ));
        }
    };
    compare(text!("headings", "見出し"), one.headings, other.headings);
    compare(text!("code blocks", "コードブロック"), one.fences, other.fences);
    compare(text!("includes", "インクルード"), one.includes, other.includes);
    compare(text!("links", "リンク"), one.links, other.links);
    compare(text!("commands", "コマンド"), one.commands, other.commands);
    let questions =
        |page: Vec<_>| page.iter().map(|question| format!("{question:?}")).collect::<Vec<_>>();
    compare(text!("questions", "問題"), questions(one.questions), questions(other.questions));
    Ok(found)
}

/// The translation with the note that it says what `english` says.
///
/// # Errors
///
/// Never with the patterns of this program.
pub fn blessed(english: &str, translation: &str) -> Result<String> {
    let rest = match noted(translation)? {
        Some(_) => translation.split_once("-->").map_or(translation, |(_, rest)| rest),
        None => translation,
    };
    let (hash, rest) = (hash(english)?, rest.trim_start());
    Ok(format!("<!-- english: {hash} -->\n\n{rest}"))
}

fn noted(translation: &str) -> Result<Option<String>> {
    Ok(sources::all(r"\A<!-- english: ([0-9a-f]+) -->", translation)?.pop())
}

/// Of the page without what the machine recorded into it.
fn hash(english: &str) -> Result<String> {
    let recorded = regex::Regex::new(r"\{\{#include [^}]*/(?:outputs|timelines)/[^}]*\}\}\n?")?;
    let digest = Sha256::digest(recorded.replace_all(english, "").as_bytes());
    // 64 bits: nobody tries to deceive it.
    Ok(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "# A question

Run `cargo run -p x`:

```console
{{#include ../../../outputs/en/x.console}}
```

See [there](there.md#why).

<section class=\"predict\" id=\"predict-x\" data-answer=\"2\">

1. one
2. two

</section>
";
    const JAPANESE: &str = "# 質問

`cargo run -p x -- --lang ja`を実行:

```console
{{#include ../../../outputs/ja/x.console}}
```

[あちら](there.md#なぜか)を参照。

<section class=\"predict\" id=\"predict-x\" data-answer=\"2\">

1. 一
2. 二

</section>
";

    #[test]
    fn a_page_that_was_compared_is_up_to_date_until_its_source_changes() {
        assert!(outdated(ENGLISH, JAPANESE).unwrap().is_some());
        let blessed = blessed(ENGLISH, JAPANESE).unwrap();
        assert!(blessed.ends_with(JAPANESE), "{blessed}");
        assert_eq!(outdated(ENGLISH, &blessed).unwrap(), None);
        assert!(outdated(&ENGLISH.replace("See", "Look"), &blessed).unwrap().is_some());
        let again = super::blessed(ENGLISH, &blessed).unwrap();
        assert_eq!(again, blessed);
    }

    #[test]
    fn another_recording_is_not_another_page() {
        let blessed = blessed(ENGLISH, JAPANESE).unwrap();
        let english = ENGLISH.replace("outputs/en/x", "outputs/en/y");
        assert_eq!(outdated(&english, &blessed).unwrap(), None);
        // But both pages must show the same one.
        assert_eq!(differences(&english, JAPANESE).unwrap().len(), 1);
    }

    #[test]
    fn a_part_that_one_page_lacks_or_has_otherwise_is_found() {
        assert_eq!(differences(ENGLISH, JAPANESE).unwrap(), Vec::<String>::new());
        for (old, new) in [
            ("# 質問", "## 質問"),
            ("# 質問", "# 質問\n\n## もう一つ"),
            ("```console", "```rust"),
            ("outputs/ja/x", "outputs/en/x"),
            ("there.md", "elsewhere.md"),
            ("-p x", "-p y"),
            ("predict-x", "predict-y"),
            ("data-answer=\"2\"", "data-answer=\"1\""),
            ("2. 二\n", ""),
        ] {
            let planted = JAPANESE.replace(old, new);
            assert_ne!(planted, JAPANESE, "{old}: nothing to change");
            assert_eq!(differences(ENGLISH, &planted).unwrap().len(), 1, "{old} → {new}");
        }
    }
}
