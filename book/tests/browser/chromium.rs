//! A real Chromium, spoken to over two pipes in its DevTools protocol.

use std::collections::VecDeque;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// For whatever a page is waited for: the machine may be busy, and programs may have to be built.
const DEADLINE: Duration = Duration::from_secs(180);

/// A browser with one page.
pub(crate) struct Chromium {
    process: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    last: u64,
    session: String,
    events: VecDeque<Value>,
    /// What the page complained about.
    pub(crate) errors: Vec<String>,
    /// What it asked for.
    pub(crate) requests: Vec<String>,
    _profile: TempDir,
}

/// The first browser of these names that is there.
fn program() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let all = names.iter().flat_map(|name| env::split_paths(&path).map(move |it| it.join(name)));
    let found = all.into_iter().find(|program| program.is_file());
    found.expect("these tests need chromium (Debian: apt-get install chromium fonts-noto-cjk)")
}

impl Chromium {
    /// Starts one, in which `evil.test` is this machine: a foreign name that leads here.
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // It reads commands from descriptor 3 and answers on 4.
        let mut process = Command::new("/bin/sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"])
            .arg(program())
            .args(["--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update"])
            .args(["--disable-dev-shm-usage", "--host-resolver-rules=MAP evil.test 127.0.0.1"])
            // Root has no sandbox; only our own pages are opened.
            .args(nix::unistd::geteuid().is_root().then_some("--no-sandbox"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while answers.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut browser = Self {
            process,
            commands,
            messages,
            last: 0,
            session: String::new(),
            events: VecDeque::new(),
            errors: Vec::new(),
            requests: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Gives a command and waits for its answer.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut command = json!({"id": self.last, "method": method, "params": parameters});
        if !self.session.is_empty() {
            command["sessionId"] = self.session.clone().into();
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.commands.write_all(&bytes).unwrap();
        loop {
            let message = self.messages.recv_timeout(DEADLINE).expect("chromium answers");
            if message["id"] == self.last {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.note(message);
        }
    }

    fn note(&mut self, event: Value) {
        let about = &event["params"];
        match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => self.errors.push(about["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled" if about["type"] == "error" => {
                self.errors.push(about["args"].to_string())
            }
            "Log.entryAdded" if about["entry"]["level"] == "error" => {
                self.errors.push(format!("{} {}", about["entry"]["text"], about["entry"]["url"]));
            }
            "Network.requestWillBeSent" => {
                self.requests.push(about["request"]["url"].as_str().unwrap().to_owned());
            }
            _ => {}
        }
        self.events.push_back(event);
    }

    /// Opens a page and waits until it is loaded.
    pub(crate) fn open(&mut self, address: &str) {
        self.events.clear();
        let opened = self.call("Page.navigate", json!({"url": address}));
        assert!(opened["errorText"].is_null(), "{address}: {opened}");
        self.loaded();
    }

    /// Waits until a page has been loaded since the last [`open`](Self::open), or since this was called before.
    pub(crate) fn loaded(&mut self) {
        let is_loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(is_loaded) {
            let event = self.messages.recv_timeout(DEADLINE).expect("the page is loaded");
            self.note(event);
        }
        self.events.clear();
    }

    /// The value of an expression in the page; a promise's when it is there.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let result = self.call(
            "Runtime.evaluate",
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true}),
        );
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// The text of an expression's value.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().unwrap_or_else(|| panic!("{expression}: {value}")).to_owned()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        let begun = Instant::now();
        while self.value(&format!("Boolean({expression})")) != true {
            assert!(begun.elapsed() < DEADLINE, "not so: {expression}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Presses and releases a key, as a reader does.
    pub(crate) fn press(&mut self, key: &str, code: u32, text: &str) {
        self.press_with(0, key, code, text);
    }

    /// As [`press`](Self::press), with the Alt key held.
    pub(crate) fn press_with_alt(&mut self, key: &str, code: u32) {
        self.press_with(1, key, code, key);
    }

    fn press_with(&mut self, modifiers: u32, key: &str, code: u32, text: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            self.call(
                "Input.dispatchKeyEvent",
                json!({
                    "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                    "modifiers": modifiers, "text": text, "unmodifiedText": text,
                }),
            );
        }
    }

    /// Types a text into what has the focus.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Shows the page as it would be on a screen, or on paper.
    pub(crate) fn medium(&mut self, medium: &str) {
        self.call("Emulation.setEmulatedMedia", json!({"media": medium}));
    }

    /// Makes the window this wide.
    pub(crate) fn width(&mut self, width: u32) {
        let metrics =
            json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        self.call("Emulation.setScrollbarsHidden", json!({"hidden": true}));
    }

    /// Fails if the page complained, or asked for anything that does not begin with `address`.
    pub(crate) fn was_quiet_and_stayed_at(&self, address: &str) {
        assert_eq!(self.errors, Vec::<String>::new());
        let outside = |url: &&String| !url.starts_with(address) && !url.starts_with("data:");
        assert_eq!(self.requests.iter().filter(outside).collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
