//! The book as a reader uses it: the real server and a real Chromium. `cargo test -p book --features browser`

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod chromium;
mod looks;
mod reading;
mod running;

use std::fs;
use std::io::{BufRead, BufReader};
use std::mem;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use chromium::Chromium;

/// The server as `cargo xtask book` starts it: one for all tests, which use it by turns.
struct Server {
    address: String,
    /// One after the other: two browsers on two cores only wait for each other.
    _turn: MutexGuard<'static, ()>,
}

impl Server {
    fn start() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        static ADDRESS: OnceLock<String> = OnceLock::new();
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Self { address: ADDRESS.get_or_init(serve).clone(), _turn: turn }
    }

    fn open(&self, browser: &mut Chromium, page: &str) {
        browser.open(&format!("{}/{page}", self.address));
    }
}

/// Starts it. Supervised as a run is: with these tests it ends, however they end.
fn serve() -> String {
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
    // Its standard input is closed when this process ends.
    mem::forget(supervisor);
    format!("http://{}", line.split('/').next().unwrap())
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
