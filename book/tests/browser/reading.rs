//! Reading: pages, languages, search, keys, questions.

use std::collections::BTreeSet;

use crate::chromium::Chromium;
use crate::{Server, page_that_contains, page_with};

#[test]
fn every_page_is_quiet_stays_here_and_fits_a_narrow_screen() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    browser.width(360);
    for language in ["en", "ja"] {
        server.open(&mut browser, &format!("{language}/toc.html"));
        let links =
            browser.value("[...document.querySelectorAll('a')].map(it => it.href.split('#')[0])");
        let pages: BTreeSet<&str> =
            links.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert!(pages.len() > 5, "{pages:?}");
        for page in pages {
            browser.open(page);
            assert_eq!(browser.text("document.documentElement.lang"), language);
            assert!(browser.value("document.querySelector('main h1') !== null") == true, "{page}");
            let width = browser.value("document.documentElement.scrollWidth").as_u64().unwrap();
            assert!(width <= 360, "{page}: {width} pixels wide");
        }
    }
    browser.was_quiet_and_stayed_at(&server.address);
}

#[test]
fn the_language_changes_and_the_page_stays() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    let page = page_with("process");
    server.open(&mut browser, &format!("en/{page}"));
    for language in ["ja", "en"] {
        browser.value("document.querySelector('a.language').click()");
        browser.loaded();
        assert_eq!(browser.text("location.pathname"), format!("/{language}/{page}"));
        assert_eq!(browser.text("document.documentElement.lang"), language);
    }
    browser.was_quiet_and_stayed_at(&server.address);
}

#[test]
fn a_question_is_answered_explained_and_remembered() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    let page = page_that_contains("<section class=\"predict\"");
    server.open(&mut browser, &format!("en/{page}"));
    let details = "document.querySelector('section.predict details').open";
    assert_eq!(browser.value(details), false, "the answer is not told before");
    browser.wait_for("document.querySelector('section.predict ol button')");
    browser.value("document.querySelector('section.predict ol button').focus()");
    browser.press("Enter", 13, "\r");
    browser.wait_for(details);
    let verdict =
        browser.text("document.querySelector('section.predict [role=status]').textContent");
    assert!(!verdict.is_empty());
    // The other language has the same answer, and a page that is opened again.
    server.open(&mut browser, &format!("ja/{page}"));
    browser.wait_for(details);
    browser.was_quiet_and_stayed_at(&server.address);
}

/// Searches, and tells where the results lead, what is marked in their excerpts, and what stands above them.
fn search(browser: &mut Chromium, query: &str) -> (Vec<String>, Vec<String>, String) {
    let field = "document.getElementById('mdbook-searchbar')";
    if browser.value(&format!("document.activeElement === {field}")) == false {
        browser.press("/", 191, "/");
    }
    browser.value(&format!("{field}.select()"));
    browser.type_in(query);
    browser.press("Shift", 16, "");
    let header = "document.getElementById('mdbook-searchresults-header').innerText";
    browser.wait_for(&format!("{header}.includes('{query}')"));
    let mut list = |what: &str| -> Vec<String> {
        let within = "#mdbook-searchresults li";
        let found = browser.value(&format!(
            "[...document.querySelectorAll('{within} {what}')].map(it => it.pathname ?? it.innerText)"
        ));
        found.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let (pages, marked) = (list("a"), list(".teaser em, em"));
    (pages, marked, browser.text(header))
}

#[test]
fn search_finds_both_languages_with_marked_excerpts() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    server.open(&mut browser, "ja/index.html");
    let mut as_found = Vec::new();
    for (query, page, marks) in [
        ("プロセス", "1-overview/index.html", "プロセス"),
        ("ﾌﾟﾛｾｽ", "1-overview/index.html", "プロセス"),
        ("ゾンビ", "2-process/zombie.html", "ゾンビ"),
        ("ぞんび", "2-process/zombie.html", "ゾンビ"),
        ("共有メモリ", "6-caveats/value.html", "共有メモリ"),
        ("ＳＩＧＴＥＲＭ", "2-process/signals.html", "SIGTERM"),
    ] {
        let (pages, marked, header) = search(&mut browser, query);
        let wanted = format!("/ja/{page}");
        assert!(pages.contains(&wanted), "{query}: no {page} in {pages:?}");
        assert!(marked.iter().filter(|it| *it == marks).count() >= 3, "{query}: {marked:?}");
        assert!(header.starts_with(&format!("「{query}」の検索結果: ")), "{header}");
        as_found.push(pages);
    }
    assert_eq!(as_found[0], as_found[1], "half of the width, the same results");
    assert_eq!(as_found[2], as_found[3], "hiragana, the same results");
    let (pages, _, header) = search(&mut browser, "存在しない語");
    assert_eq!(header, "「存在しない語」は見つかりませんでした");
    assert!(pages.is_empty(), "{pages:?}");
    // The first result, by the keyboard: what was looked for is marked on its page.
    search(&mut browser, "ゾンビ");
    browser.press("Enter", 13, "\r");
    browser.loaded();
    assert_eq!(browser.text("location.pathname"), "/ja/2-process/zombie.html");
    browser.wait_for("document.querySelector('main mark')?.textContent === 'ゾンビ'");
    server.open(&mut browser, "en/index.html");
    let (pages, marked, _) = search(&mut browser, "zombie");
    assert!(pages.contains(&"/en/2-process/zombie.html".to_owned()), "{pages:?}");
    assert!(marked.iter().any(|it| it.eq_ignore_ascii_case("zombie")), "{marked:?}");
    browser.was_quiet_and_stayed_at(&server.address);
}

#[test]
fn keys_turn_pages_and_take_none_that_readers_need() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    browser.width(1400);
    let page = "/en/2-process/fork.html";
    server.open(&mut browser, &page[1..]);
    for (arrow, code) in [("ArrowRight", 39), ("ArrowLeft", 37)] {
        browser
            .value("window.seen = null; window.addEventListener('keyup', it => { seen = it.key })");
        browser.press(arrow, code, "");
        browser.wait_for(&format!("window.seen === '{arrow}'"));
        assert_eq!(browser.text("location.pathname"), page, "{arrow} turned the page");
    }
    for (key, code, lands) in [("n", 78, "descriptors"), ("p", 80, "fork")] {
        browser.press_with_alt(key, code);
        browser.loaded();
        assert_eq!(browser.text("location.pathname"), format!("/en/2-process/{lands}.html"));
    }
    // The first thing that Tab comes to leads past the contents, and these can be closed.
    browser.press("Tab", 9, "");
    assert_eq!(browser.text("document.activeElement.textContent"), "Skip to the text");
    browser.press("Enter", 13, "\r");
    browser.press("Tab", 9, "");
    assert!(browser.value("document.activeElement.closest('main') !== null") == true);
    browser.value("document.getElementById('mdbook-sidebar-toggle').focus()");
    for expanded in ["false", "true"] {
        browser.press(" ", 32, " ");
        browser.wait_for(&format!("document.activeElement.ariaExpanded === '{expanded}'"));
    }
    browser.was_quiet_and_stayed_at(&server.address);
}

#[test]
fn what_surrounds_a_japanese_page_is_japanese() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    server.open(&mut browser, "ja/2-process/fork.html");
    browser.wait_for("document.querySelector('.run-start')");
    // Titles, labels, placeholders, buttons and the help of mdBook, of the questions and of the run button.
    let said = browser.value(
        "[...document.querySelectorAll('[title], [aria-label], [placeholder], button, .skip, #mdbook-help-popup *')]
            .filter(it => it.lang !== 'en' && it.closest('.choice') === null)
            .flatMap(it => [it.title, it.ariaLabel, it.placeholder,
                            it.childElementCount === 0 ? it.textContent : null])
            .map(it => it?.trim()).filter(it => it)",
    );
    let said: BTreeSet<&str> =
        said.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let names = ["Rust", "Alt", "N", "P", "Shift", "Ctrl", "Option", "S", "/", "?", "Esc"];
    let is_japanese = |text: &&str| text.chars().any(|it| ('ぁ'..='ー').contains(&it) || it > '一');
    let foreign = |text: &&&str| !names.contains(*text) && !is_japanese(text);
    assert_eq!(said.iter().filter(foreign).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(said.len() > 25, "{said:?}");
    browser.was_quiet_and_stayed_at(&server.address);
}
