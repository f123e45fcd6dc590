//! The book as a reader uses it: the real server and a real Chromium. `cargo test -p book --features browser`

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod chromium;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chromium::Chromium;

/// The server as `cargo xtask book` starts it.
struct Server {
    supervisor: Child,
    address: String,
    /// One after the other: two browsers on two cores only wait for each other.
    _turn: MutexGuard<'static, ()>,
}

impl Server {
    fn start() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        // Supervised as a run is: with the test it ends, however that ends.
        let mut supervisor = Command::new(env!("CARGO_BIN_EXE_book"))
            .args(["supervise", env!("CARGO_BIN_EXE_book"), "--", "--no-open", "--lang", "en"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output =
            BufReader::new(supervisor.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut said = String::new();
        let line = output.find(|line| {
            said.push_str(line);
            line.contains("http://")
        });
        let line = line.unwrap_or_else(|| panic!("the server does not start: {said}"));
        let line = line.split_once("http://").unwrap().1.to_owned();
        // It must not wait for a reader.
        thread::spawn(move || output.for_each(drop));
        let address = format!("http://{}", line.split('/').next().unwrap());
        Self { supervisor, address, _turn: turn }
    }

    fn open(&self, browser: &mut Chromium, page: &str) {
        browser.open(&format!("{}/{page}", self.address));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// The page that shows this recording, such as `process.html`.
fn page_with(recording: &str) -> String {
    page_that_contains(&format!("outputs/en/{recording}.console}}}}"))
}

/// The page whose source contains this.
fn page_that_contains(wanted: &str) -> String {
    let within = book::folder().join("en/src");
    let mut folders = vec![within.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read_to_string(&path).is_ok_and(|text| text.contains(wanted)) {
                let page = path.strip_prefix(&within).unwrap().with_extension("html");
                return page.to_str().unwrap().to_owned();
            }
        }
    }
    panic!("no page has {wanted}");
}

/// An expression for what is under the recording of this command.
fn under(command: &str, selector: &str) -> String {
    format!(
        "[...document.querySelectorAll('.run')].find(box => \
         box.previousElementSibling.textContent.includes('$ {command}\\n'))?.querySelector('{selector}')"
    )
}

/// The running processes of this program, as built for this test.
fn running(program: &str) -> usize {
    let binary = Path::new(env!("CARGO_BIN_EXE_book")).with_file_name(program);
    let is_one = |process: &Path| fs::read_link(process.join("exe")).is_ok_and(|exe| exe == binary);
    fs::read_dir("/proc").unwrap().filter(|entry| is_one(&entry.as_ref().unwrap().path())).count()
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not so: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

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
fn a_run_shows_its_lines_as_they_come_and_then_its_timeline() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    server.open(&mut browser, &format!("ja/{}", page_with("overview")));
    let command = "cargo run -p overview -- --lang ja";
    let (button, output) = (under(command, ".run-start"), under(command, ".run-output"));
    browser.wait_for(&button);
    assert_eq!(browser.text(&format!("{button}.textContent")), "このマシンで実行");
    // By the keyboard. The program measures for seconds, and tells each result when it has it.
    browser.value(&format!("{button}.focus()"));
    browser.press("Enter", 13, "\r");
    browser.wait_for(&format!("{output}.textContent.includes('\\n')"));
    let first = browser.text(&format!("{output}.textContent"));
    let state = browser.text(&format!("{}.textContent", under(command, ".run-state")));
    assert_eq!(state, "実行中…", "nothing was seen before the end: {first}");
    browser.wait_for(&format!("{button}.parentElement.dataset.ending === 'ended'"));
    let text = browser.text(&format!("{output}.textContent"));
    assert!(
        text.starts_with(&first) && text.lines().count() > first.lines().count(),
        "{first}{text}"
    );
    browser.wait_for(&under(command, "svg.tl"));
    let state = browser.text(&format!("{}.textContent", under(command, ".run-state")));
    assert!(state.starts_with("終了コード0で終了しました"), "{state}");
    let title = browser.text(&format!("{}.textContent", under(command, "svg.tl title")));
    assert_eq!(title, format!("{command}のタイムライン"));
    browser.was_quiet_and_stayed_at(&server.address);
}

#[test]
fn a_stopped_run_and_a_closed_page_leave_no_process() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    let page = format!("en/{}", page_with("comparison"));
    let command = "cargo run -p comparison";
    server.open(&mut browser, &page);
    browser.wait_for(&under(command, ".run-start"));
    browser.value(&format!("{}.click()", under(command, ".run-start")));
    browser.wait_for(&format!("{}.hidden === false", under(command, ".run-output")));
    wait_until("it runs", || running("comparison") > 0);
    browser.value(&format!("{}.click()", under(command, ".run-stop")));
    browser.wait_for(&format!(
        "{}.dataset.ending === 'stopped'",
        under(command, ".run-start") + ".parentElement"
    ));
    assert_eq!(running("comparison"), 0);
    browser.value(&format!("{}.click()", under(command, ".run-start")));
    wait_until("it runs again", || running("comparison") > 0);
    browser.was_quiet_and_stayed_at(&server.address);
    browser.open("about:blank");
    wait_until("the page is closed and nothing runs", || running("comparison") == 0);
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

#[test]
fn another_page_in_the_same_browser_can_run_nothing() {
    let (server, mut browser) = (Server::start(), Chromium::start());
    // A page of another origin, and a foreign name that leads to this machine.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let foreign = format!("http://evil.test:{}/", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let _ = connection.read(&mut [0; 4096]);
            let answer =
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>foreign";
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    browser.open(&foreign);
    let post = |how: &str| {
        let run = format!("{}/-/run/en/comparison", server.address);
        format!(
            "fetch('{run}', {{method: 'POST', {how}}}).then(it => it.type + it.status, () => 'failed')"
        )
    };
    assert_eq!(browser.text(&post("")), "failed");
    assert_eq!(browser.text(&post("headers: {'x-book-token': 'x'}")), "failed");
    // It is sent, and the page may not know what was answered; the server must have refused.
    assert_eq!(browser.text(&post("mode: 'no-cors'")), "failed");
    let page = format!("{}/en/", server.address);
    assert_eq!(
        browser.text(&format!("fetch('{page}').then(it => it.text(), () => 'failed')")),
        "failed"
    );
    let frame = format!(
        "new Promise(done => {{ const it = document.createElement('iframe'); it.onload = done; \
         it.src = '{page}'; document.body.append(it); }})"
    );
    browser.value(&frame);
    let refused = |error: &String| error.contains("frame-ancestors 'none'");
    assert!(browser.errors.iter().any(refused), "{:?}", browser.errors);
    let port = server.address.rsplit(':').next().unwrap();
    browser.open(&format!("http://evil.test:{port}/en/"));
    let text = browser.text("document.body.textContent");
    assert_eq!(text.trim(), "this is not the host that the request names");
    assert_eq!(running("comparison"), 0);
}

#[test]
fn without_the_server_there_are_no_buttons() {
    let pages = tempfile::tempdir().unwrap();
    book::html::build(pages.path()).unwrap();
    let mut browser = Chromium::start();
    let page = pages.path().join("en").join(page_with("process"));
    browser.open(&format!("file://{}", page.display()));
    assert_eq!(browser.value("document.querySelectorAll('.run, button.run-start').length"), 0);
    assert!(browser.value("document.querySelectorAll('code.language-console').length > 0") == true);
}
