//! Running programs from a page, and who may not.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::chromium::Chromium;
use crate::{Server, page_with};

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
    let command = "cargo run -p comparison -- --now";
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
