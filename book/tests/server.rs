//! The local server: what it runs, and what it must refuse. The programs here are a shell's.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use book::figures::Yours;
use book::run::{Catalogue, Freshness, Limits, Program, Runner};
use book::serve::guard::Guard;
use book::serve::site::{Site, router};
use lesson::Language;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{broadcast, watch};

const DEADLINE: Duration = Duration::from_secs(20);

/// A server of its own for each test.
struct Server {
    port: u16,
    token: String,
    fresh: watch::Sender<Freshness>,
    rebuilt: broadcast::Sender<Language>,
    _pages: TempDir,
}

impl Server {
    /// It shows one page, and may run these scripts, by their ids.
    fn new(scripts: &[(&str, &str)], limits: Limits) -> Self {
        let mut catalogue = Catalogue::default();
        for (id, script) in scripts {
            let program = Program {
                command: format!("cargo run -p {id}"),
                built_from: ["no-such-package".into(), id.to_string()],
                binary: PathBuf::from("/bin/sh"),
                arguments: vec!["-c".into(), (*script).into()],
                timeline: true,
            };
            catalogue.add(Language::English, id, program);
        }
        let pages = tempfile::tempdir().unwrap();
        let page = "<html><head><script>1</script></head><body>page</body></html>";
        fs::create_dir(pages.path().join("en")).unwrap();
        fs::write(pages.path().join("en/index.html"), page).unwrap();
        let tool = PathBuf::from(env!("CARGO_BIN_EXE_book"));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (fresh, watched) = watch::channel(Freshness::Ready);
        let (rebuilt, _) = broadcast::channel(4);
        let guard = Guard::new(port);
        let token = guard.token().to_owned();
        let site = Site {
            pages: pages.path().to_owned(),
            assets: book::folder().join("assets"),
            guard,
            runner: Runner::new(tool, catalogue, limits, watched),
            yours: Arc::new(Yours::of(&pages.path().join("measure.json"))),
            rebuilt: rebuilt.clone(),
        };
        thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router(site)).await.unwrap();
            });
        });
        Self { port, token, fresh, rebuilt, _pages: pages }
    }

    fn of(id: &str, script: &str) -> Self {
        Self::new(&[(id, script)], Limits::default())
    }

    /// What a page from here sends.
    fn honest(&self) -> Vec<String> {
        vec![
            format!("Host: 127.0.0.1:{}", self.port),
            format!("Origin: http://127.0.0.1:{}", self.port),
            "Sec-Fetch-Site: same-origin".into(),
            format!("X-Book-Token: {}", self.token),
            "Content-Length: 0".into(),
        ]
    }

    fn send(&self, line: &str, headers: &[String]) -> BufReader<TcpStream> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        connection.set_read_timeout(Some(DEADLINE)).unwrap();
        let request =
            format!("{line} HTTP/1.1\r\nConnection: close\r\n{}\r\n\r\n", headers.join("\r\n"));
        connection.write_all(request.as_bytes()).unwrap();
        BufReader::new(connection)
    }

    /// The whole answer.
    fn answer(&self, line: &str, headers: &[String]) -> String {
        let mut answer = Vec::new();
        self.send(line, headers).read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The answer's status.
    fn status(&self, line: &str, headers: &[String]) -> u16 {
        let answer = self.answer(line, headers);
        answer.split(' ').nth(1).unwrap_or_else(|| panic!("{line}: {answer}")).parse().unwrap()
    }

    /// The status of a request to run, in which some of the honest headers are another or not there.
    fn status_with(&self, changes: &[(&str, Option<&str>)]) -> u16 {
        let mut headers = self.honest();
        for (name, value) in changes {
            headers.retain(|header| !header.starts_with(&format!("{name}: ")));
            headers.extend(value.map(|value| format!("{name}: {value}")));
        }
        self.status("POST /-/run/en/short", &headers)
    }

    fn run(&self, id: &str) -> Run {
        let mut answer = self.send(&format!("POST /-/run/en/{id}"), &self.honest());
        let mut first = String::new();
        answer.read_line(&mut first).unwrap();
        assert!(first.contains(" 200 "), "{first}");
        Run { answer }
    }

    fn stop(&self, run: &str) -> u16 {
        self.status(&format!("POST /-/stop/{run}"), &self.honest())
    }
}

/// A run as its page sees it.
struct Run {
    answer: BufReader<TcpStream>,
}

impl Run {
    /// The next event; `None` at the end.
    fn event(&mut self) -> Option<Value> {
        loop {
            let mut line = String::new();
            if self.answer.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // Around them are headers and the lengths of chunks.
            if line.starts_with('{') {
                return Some(serde_json::from_str(&line).unwrap());
            }
        }
    }

    /// The next event of this kind.
    fn until(&mut self, kind: &str) -> Value {
        loop {
            let event = self.event().unwrap_or_else(|| panic!("the run is over, without {kind}"));
            if event["kind"] == kind {
                return event;
            }
        }
    }

    /// All that it printed from now on, and how it ended.
    fn rest(mut self) -> (String, Value) {
        let mut text = String::new();
        loop {
            let event = self.event().expect("the run did not end");
            match event["kind"].as_str().unwrap() {
                "text" => {
                    text.push_str(event["text"].as_str().unwrap());
                    assert!(text.len() < 1 << 28, "there is no end to it");
                }
                "ended" => return (text, event),
                _ => {}
            }
        }
    }
}

/// A word that is in the command line of a test's processes and of no other.
fn marker() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("3600.{}{:03}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The `sleep`s with this marker; zombies have no command line.
fn sleepers(marker: &str) -> usize {
    let is_one = |process: &Path| {
        fs::read(process.join("cmdline"))
            .is_ok_and(|line| line == format!("sleep\0{marker}\0").as_bytes())
    };
    fs::read_dir("/proc").unwrap().filter(|entry| is_one(&entry.as_ref().unwrap().path())).count()
}

fn wait_for_sleepers(marker: &str, expected: usize) {
    let begun = Instant::now();
    while sleepers(marker) != expected {
        assert!(begun.elapsed() < DEADLINE, "{} sleepers, not {expected}", sleepers(marker));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_run_is_passed_on_as_it_writes_and_its_end_is_told() {
    let server = Server::of("greet", "echo one; echo zwei >&2; printf 三; exit 3");
    let mut run = server.run("greet");
    assert_eq!(run.event().unwrap()["kind"], "accepted");
    assert_eq!(run.event().unwrap()["kind"], "started");
    let (text, end) = run.rest();
    assert_eq!(text, "one\nzwei\n三");
    assert_eq!((&end["code"], &end["left"]), (&3.into(), &0.into()));
    assert_eq!(end["ending"], "ended");
}

#[test]
fn the_first_line_comes_while_the_program_still_runs() {
    let marker = marker();
    let server = Server::of("slow", &format!("echo first; sleep {marker}"));
    let mut run = server.run("slow");
    assert_eq!(run.until("text")["text"], "first\n");
    wait_for_sleepers(&marker, 1);
}

#[test]
fn a_foreign_host_is_refused_for_pages_too() {
    let server = Server::of("short", "true");
    for host in ["evil.example", &format!("evil.example:{}", server.port), "127.0.0.1", "", "[::1]"]
    {
        assert_eq!(server.status_with(&[("Host", Some(host))]), 403, "{host}");
        assert_eq!(server.status("GET /en/", &[format!("Host: {host}")]), 403, "{host}");
    }
    let ours = format!("Host: localhost:{}", server.port);
    assert_eq!(server.status("GET /en/", &[ours]), 200);
}

#[test]
fn a_request_without_an_origin_or_with_a_foreign_one_is_refused() {
    let server = Server::of("short", "true");
    let other_port = "http://127.0.0.1:1";
    let https = format!("https://127.0.0.1:{}", server.port);
    for origin in [None, Some("http://evil.example"), Some("null"), Some(other_port), Some(&https)]
    {
        assert_eq!(server.status_with(&[("Origin", origin)]), 403, "{origin:?}");
    }
    assert_eq!(server.status_with(&[]), 200);
}

#[test]
fn a_request_from_another_site_is_refused() {
    let server = Server::of("short", "true");
    for site in ["cross-site", "same-site", "else"] {
        assert_eq!(server.status_with(&[("Sec-Fetch-Site", Some(site))]), 403, "{site}");
    }
    let headers = [server.honest()[0].clone(), "Sec-Fetch-Site: cross-site".into()];
    assert_eq!(server.status("GET /en/index.html", &headers), 403);
}

#[test]
fn a_request_without_this_start_s_token_is_refused() {
    let server = Server::of("short", "true");
    let old = Server::of("short", "true").token;
    let almost = &server.token[1..];
    for token in [None, Some(""), Some(&*old), Some(almost)] {
        assert_eq!(server.status_with(&[("X-Book-Token", token)]), 403, "{token:?}");
    }
    let mut headers = server.honest();
    headers.retain(|header| !header.starts_with("X-Book-Token"));
    assert_eq!(server.status("POST /-/stop/x", &headers), 403);
}

#[test]
fn what_the_book_does_not_show_cannot_be_run() {
    let server = Server::of("short", "true");
    let secret = format!("{}/Cargo.toml", server._pages.path().display());
    fs::write(&secret, "secret").unwrap();
    for path in [
        "en/other",
        "en/short%20-x",
        "ja/short",
        "xx/short",
        "en/",
        "en/..%2f..%2fbin%2fsh",
        "en/short/x",
    ] {
        let status = server.status(&format!("POST /-/run/{path}"), &server.honest());
        assert!([404, 405].contains(&status), "{path}: {status}");
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(server.status(&format!("{method} /-/run/en/short"), &server.honest()), 405);
    }
}

#[test]
fn nothing_outside_the_pages_is_served() {
    let server = Server::of("short", "true");
    let host = [server.honest()[0].clone()];
    let outside = server._pages.path().with_extension("secret");
    fs::write(&outside, "secret").unwrap();
    let name = outside.file_name().unwrap().to_str().unwrap();
    for path in [
        format!("/../{name}"),
        format!("/en/../../{name}"),
        format!("/%2e%2e/{name}"),
        format!("/en/%2e%2e%2f%2e%2e%2f{name}"),
        format!("/-/run.js/../../{name}"),
        format!("/{}", outside.display()),
        "//etc/passwd".into(),
    ] {
        let answer = server.answer(&format!("GET {path}"), &host);
        assert!(!answer.contains(" 200 ") && !answer.contains("secret"), "{path}: {answer}");
    }
    fs::remove_file(outside).unwrap();
}

#[test]
fn an_unknown_address_shows_the_book_s_page_for_that_in_its_language() {
    let server = Server::of("short", "true");
    let pages = server._pages.path();
    for (language, text) in [("en", "There is none"), ("ja", "ありません")] {
        fs::create_dir_all(pages.join(language)).unwrap();
        fs::write(pages.join(language).join("404.html"), text).unwrap();
        let answer = server.answer(&format!("GET /{language}/no/page"), &server.honest()[..1]);
        assert!(answer.starts_with("HTTP/1.1 404 ") && answer.ends_with(text), "{answer}");
    }
}

#[test]
fn a_body_is_refused_unread() {
    let server = Server::of("short", "true");
    for length in ["1", "100000000000", "-1", "x"] {
        let status = server.status_with(&[("Content-Length", Some(length))]);
        assert!([400, 413].contains(&status), "{length}: {status}");
    }
    let chunked = [("Content-Length", None), ("Transfer-Encoding", Some("chunked"))];
    assert_eq!(server.status_with(&chunked), 413);
}

#[test]
fn no_page_can_frame_or_read_an_answer() {
    let server = Server::of("short", "true");
    let host = [server.honest()[0].clone()];
    let post = server.answer("POST /-/run/en/short", &server.honest());
    let get = |path: &str| server.answer(&format!("GET {path}"), &host);
    let answers = [
        get("/en/"),
        get("/en/none.html"),
        get("/-/run.js"),
        get("/-/programs/en"),
        get("/"),
        post,
    ];
    for answer in answers {
        assert!(answer.contains("frame-ancestors 'none'"), "{answer}");
        assert!(answer.contains("cross-origin-resource-policy: same-origin"), "{answer}");
        assert!(answer.contains("x-content-type-options: nosniff"), "{answer}");
        assert!(!answer.contains("access-control-allow"), "{answer}");
    }
}

#[test]
fn a_page_gets_the_token_and_only_its_own_scripts_may_run() {
    let server = Server::of("short", "true");
    let host =
        [server.honest()[0].clone(), "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT".into()];
    let [one, other] = [(); 2].map(|()| server.answer("GET /en/", &host));
    assert!(one.contains(&format!("<meta name=\"book-token\" content=\"{}\">", server.token)));
    let nonce = |answer: &str| answer.split("'nonce-").nth(1).unwrap()[..32].to_owned();
    assert_ne!(nonce(&one), nonce(&other));
    let allowed = format!("<script nonce=\"{}\"", nonce(&one));
    assert_eq!(one.matches("<script").count(), one.matches(&allowed).count());
    assert!(!one.contains("script-src 'self' 'unsafe-inline'"));
    let asset = server.answer("GET /-/run.js", &host[..1]);
    assert!(!asset.contains(&server.token), "the token is in pages alone");
}

#[test]
fn one_run_too_many_is_refused_until_another_is_over() {
    let marker = marker();
    let scripts = [("long", &*format!("sleep {marker}")), ("short", "true")];
    let server = Server::new(&scripts, Limits { runs: 1, ..Limits::default() });
    let mut long = server.run("long");
    let name = long.until("accepted")["run"].as_str().unwrap().to_owned();
    assert_eq!(server.status("POST /-/run/en/short", &server.honest()), 429);
    assert_eq!(server.stop(&name), 204);
    assert_eq!(long.until("ended")["ending"], "stopped");
    while long.event().is_some() {}
    assert_eq!(server.status("POST /-/run/en/short", &server.honest()), 200);
    assert_eq!(server.stop(&name), 404, "it is over");
}

#[test]
fn a_stop_leaves_no_process_even_of_those_that_ignore_signals() {
    let marker = marker();
    let script = format!(
        "trap '' TERM INT HUP; sleep {marker} & (sleep {marker}) & echo up; sleep {marker}"
    );
    let server = Server::of("tree", &script);
    let mut run = server.run("tree");
    let name = run.until("accepted")["run"].as_str().unwrap().to_owned();
    wait_for_sleepers(&marker, 3);
    server.stop(&name);
    let (_, end) = run.rest();
    assert_eq!((&end["ending"], &end["signal"]), (&"stopped".into(), &9.into()));
    assert_eq!(sleepers(&marker), 0, "when the end is told, they are gone");
}

#[test]
fn a_closed_page_leaves_no_process() {
    let marker = marker();
    let server = Server::of("tree", &format!("sleep {marker} & sleep {marker}"));
    let run = server.run("tree");
    wait_for_sleepers(&marker, 2);
    drop(run);
    wait_for_sleepers(&marker, 0);
}

#[test]
fn a_daemon_does_not_survive_its_run() {
    let marker = marker();
    // Forked twice, in a session of its own, without any of the run's descriptors.
    let inner = format!("sleep {marker} & echo >$d; exec sleep {marker}");
    let daemon = format!("(setsid sh -c '{inner}' </dev/null >/dev/null 2>&1 &)");
    let up = format!("export d=$(mktemp -u); mkfifo $d; {daemon}; read line <$d; rm $d; echo up");
    let stays = format!("{up}; cat /dev/zero >/dev/null");
    let scripts = [("ends", &*up), ("stays", &*stays)];
    let server = Server::new(&scripts, Limits::default());
    let (text, end) = server.run("ends").rest();
    assert_eq!((&*text, &end["code"], &end["left"]), ("up\n", &0.into(), &2.into()));
    assert_eq!(sleepers(&marker), 0);
    let mut run = server.run("stays");
    while run.until("text")["text"] != "up\n" {}
    wait_for_sleepers(&marker, 2);
    drop(run);
    wait_for_sleepers(&marker, 0);
}

#[test]
fn endless_output_is_cut() {
    let limits = Limits { bytes: 100_000, ..Limits::default() };
    let server = Server::new(&[("endless", "while :; do echo 0123456789; done")], limits);
    let (text, end) = server.run("endless").rest();
    assert_eq!(end["ending"], "cut");
    assert_eq!(text.len(), 100_000);
}

#[test]
fn a_page_that_does_not_read_holds_up_the_program_and_not_the_server() {
    let limits = Limits { runs: 2, time: Duration::from_millis(700), bytes: usize::MAX };
    let scripts = [("endless", "while :; do echo 0123456789; done"), ("short", "echo done")];
    let server = Server::new(&scripts, limits);
    let unread = server.run("endless");
    assert_eq!(server.run("short").rest().0, "done\n");
    // Its time is over, whether it is read or not.
    thread::sleep(Duration::from_secs(1));
    let (_, end) = unread.rest();
    assert_eq!(end["ending"], "late");
}

#[test]
fn an_endless_run_is_killed_when_its_time_is_over() {
    let marker = marker();
    let limits = Limits { time: Duration::from_millis(300), ..Limits::default() };
    let server = Server::new(&[("endless", &format!("sleep {marker}"))], limits);
    let (_, end) = server.run("endless").rest();
    assert_eq!((&end["ending"], &end["signal"]), (&"late".into(), &9.into()));
    assert_eq!(sleepers(&marker), 0);
}

#[test]
fn the_server_s_own_end_leaves_no_process() {
    let marker = marker();
    let mut supervisor = Command::new(env!("CARGO_BIN_EXE_book"))
        .args(["supervise", "/bin/sh", "--", "-c"])
        .arg(format!("(setsid sleep {marker} &); sleep {marker}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for_sleepers(&marker, 2);
    // All that the end of the server, of whatever cause, does to it.
    drop(supervisor.stdin.take());
    assert!(supervisor.wait().unwrap().success());
    assert_eq!(sleepers(&marker), 0);
}

#[test]
fn a_run_waits_for_the_build_and_tells_why_it_failed() {
    let server = Server::of("short", "echo fresh");
    server.fresh.send_replace(Freshness::Building);
    let mut run = server.run("short");
    run.until("building");
    server.fresh.send_replace(Freshness::Ready);
    assert_eq!(run.rest().0, "fresh\n");
    // Cargo is asked for this program alone.
    server.fresh.send_replace(Freshness::Failed("of another".into()));
    let failed = server.run("short").until("failed");
    assert!(failed["message"].as_str().unwrap().contains("no-such-package"), "{failed}");
}

#[test]
fn a_program_that_is_not_there_is_told() {
    let server = Server::of("short", "exec /nowhere");
    assert_eq!(server.run("short").rest().1["code"], 127);
    let mut supervisor = Command::new(env!("CARGO_BIN_EXE_book"));
    let output = supervisor.args(["supervise", "/nowhere"]).stdin(Stdio::piped()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere"), "{output:?}");
}

#[test]
fn open_pages_hear_that_their_language_was_built_again() {
    let server = Server::of("short", "true");
    let mut answer = server.send("GET /-/changes", &[server.honest()[0].clone()]);
    let mut until = |wanted: &str| {
        let mut line = String::new();
        while line.trim_end() != wanted {
            line.clear();
            assert!(answer.read_line(&mut line).unwrap() > 0, "no {wanted}");
        }
    };
    until("event: start");
    server.rebuilt.send(Language::Japanese).unwrap();
    until("event: rebuilt");
    until("data: ja");
}
