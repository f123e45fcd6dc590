//! How long a reader waits after `git clone`: the first program, and the book, with nothing built yet.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use crate::row::{Goal, Row, Unit, ours};
use crate::side::Size;

pub(super) fn rows() -> Vec<Row> {
    let row = |name, title, sample: fn(Size) -> lesson::Result<f64>, seconds| Row {
        name,
        title,
        unit: Unit::Seconds,
        on_demand: true,
        contenders: vec![ours("cold", sample).goal(Goal::Figure(seconds))],
    };
    vec![
        row(
            "cold-process",
            ["cargo run -p process, nothing built yet", "cargo run -p process(初回のビルドから)"],
            process,
            20.0,
        ),
        row(
            "cold-book",
            ["cargo xtask book until a page is served", "cargo xtask bookで最初のページが届くまで"],
            book,
            120.0,
        ),
    ]
}

/// A folder for what is built, gone afterwards.
struct Empty(PathBuf);

impl Empty {
    fn new() -> lesson::Result<Self> {
        let folder = env::temp_dir().join(format!("bench-cold-{}", std::process::id()));
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }

    /// Cargo, as a reader calls it; what has been downloaded is not downloaded again.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(xtask::workspace::root());
        command.env("CARGO_TARGET_DIR", &self.0).stdin(Stdio::null());
        command
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn process(_: Size) -> lesson::Result<f64> {
    let empty = Empty::new()?;
    let start = Instant::now();
    let output = empty.cargo(&["run", "-p", "process"]).output()?;
    let taken = start.elapsed();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(taken.as_nanos() as f64)
}

fn book(_: Size) -> lesson::Result<f64> {
    let empty = Empty::new()?;
    let start = Instant::now();
    let mut command = empty.cargo(&["xtask", "--lang", "en", "book", "--no-open"]);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let taken = served(server.stdout.take().ok_or("no output")?).map(|()| start.elapsed());
    let _ = server.kill();
    server.wait()?;
    Ok(taken?.as_nanos() as f64)
}

/// Waits for the address, and for the first page from there.
fn served(output: impl Read) -> lesson::Result {
    let mut lines = BufReader::new(output).lines();
    let address = loop {
        let line = lines.next().ok_or("it ended without a page")??;
        if let Some((_, rest)) = line.split_once("http://") {
            break rest.split('/').next().unwrap_or_default().to_owned();
        }
    };
    let mut stream = TcpStream::connect(&address)?;
    write!(stream, "GET /en/index.html HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    if page.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(page.into()) }
}
