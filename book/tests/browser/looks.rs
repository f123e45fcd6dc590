//! How pages look: colours in every theme, and on paper.

use crate::chromium::Chromium;
use crate::{Server, page_with};

/// Gives every text whose colour stands out too little from what is behind it.
const FAINT: &str = include_str!("faint.js");

const THEMES: [&str; 5] = ["light", "rust", "coal", "navy", "ayu"];

fn faint(browser: &mut Chromium) -> Vec<String> {
    let found = browser.value(FAINT);
    found.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_text_stands_out_in_every_theme() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    browser.width(1400);
    // Questions answered right and wrong, a run that ended, code in both languages, tables, drawings, results of a search.
    let pages = [page_with("process"), page_with("process-zombie"), "glossary.html".to_owned()];
    let mut found = Vec::new();
    server.open(&mut browser, "ja/index.html");
    for theme in THEMES {
        let mut seen = 0;
        browser.value(&format!("localStorage.setItem('mdbook-theme', '{theme}')"));
        for page in &pages {
            server.open(&mut browser, &format!("ja/{page}"));
            assert!(
                browser.value(&format!("document.documentElement.classList.contains('{theme}')"))
                    == true
            );
            browser.value("document.querySelectorAll('section.predict ol').forEach(it => it.querySelector('button').click())");
            if browser.value("document.querySelector('code.language-console') !== null") == true {
                browser.wait_for("document.querySelector('.run-start')");
                browser.value("document.querySelector('.run-start').click()");
                browser.wait_for("document.querySelector('.run[data-ending=ended]')");
            }
            browser.press("/", 191, "/");
            browser.type_in("プロセス");
            browser.press("Shift", 16, "");
            browser.wait_for("document.querySelector('#mdbook-searchresults em')");
            browser.value("document.getElementById('mdbook-theme-toggle').click()");
            found.extend(faint(&mut browser).iter().map(|it| format!("{theme}, {page}: {it}")));
            seen += browser.value("seen").as_u64().unwrap();
        }
        assert!(seen > 1000, "only {seen} texts were looked at");
    }
    assert_eq!(found, Vec::<String>::new());
    // A check that finds nothing is worth nothing.
    browser.value("document.querySelector('main p').style.color = '#767676'");
    assert_eq!(faint(&mut browser).len(), 1);
    browser.was_quiet_and_stayed_at(&server.address);
}

#[test]
fn the_whole_book_prints_without_buttons_and_without_cutting_anything() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    // The width of the text on A4, in CSS pixels.
    browser.width(718);
    browser.medium("print");
    for language in ["en", "ja"] {
        server.open(&mut browser, &format!("{language}/print.html"));
        assert_eq!(browser.value("document.documentElement.scrollWidth"), 718, "{language}");
        let cut = browser.value(
            "[...document.querySelectorAll('main pre, main pre code, main table, main svg, main figure')]
                .filter(it => it.scrollWidth > it.clientWidth + 1 || it.getBoundingClientRect().right > 719)
                .map(it => it.textContent.slice(0, 80))",
        );
        assert_eq!(cut.as_array().unwrap(), &Vec::<serde_json::Value>::new(), "{language}");
        let pressed = browser.value(
            "[...document.querySelectorAll('button, input, .language, .skip, #mdbook-sidebar, #mdbook-help-container')]
                .filter(it => it.checkVisibility()).map(it => it.outerHTML.slice(0, 80))",
        );
        assert_eq!(pressed.as_array().unwrap(), &Vec::<serde_json::Value>::new(), "{language}");
        // Explanations are open: nobody can press paper.
        let closed = "document.querySelectorAll('section.predict > details:not([open])').length";
        assert_eq!(browser.value(closed), 0);
    }
    browser.was_quiet_and_stayed_at(&server.address);
}
