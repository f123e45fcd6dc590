//! The check of `pool/5-grep`: two workers count the same lines as `grep -c`.

use std::io::Write;
use std::process::{Command, Stdio};

use checker::Check;
use lesson::text;

/// The largest is the first; the word twice in a line; no end of line at the end; nothing; bytes that are no text.
const FILES: [(&str, &[u8]); 6] = [
    ("in/b.txt", b"fork and fork again\nno match\nforks\n"),
    ("in/c.txt", b"fork"),
    ("in/d.txt", b""),
    ("in/e.bin", b"fork \xff\xfe caf\xe9\nspoon\nfork\r\n"),
    ("in/f.txt", b"Fork\nspoon\n"),
    ("in/g.txt", b"\n\nfork\n\n"),
];

/// What the real one says.
fn grep(word: &str, bytes: &[u8]) -> checker::Result<String> {
    let mut grep = Command::new("grep")
        .args(["-c", "-a", "-F", "-e", word])
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| {
            text!("this check needs grep: {error}", "検査にはgrepが必要です: {error}")
        })?;
    // The input closes with the statement's end, and the answer is one short line: neither waits for the other.
    if let Some(mut input) = grep.stdin.take() {
        input.write_all(bytes)?;
    }
    let output = grep.wait_with_output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn check(check: &mut Check) -> checker::Result {
    let large = "fork\nspoon\n".repeat(300_000).into_bytes();
    let files = [("in/a.txt", large.as_slice())].into_iter().chain(FILES);
    let mut case = check.case().args(["fork", "in"]).env("CHECKED", "1").interactive().processes(3);
    let mut wanted = Vec::new();
    for (name, bytes) in files {
        case = case.file(name, bytes);
        wanted.push(format!("{name}:{}", grep("fork", bytes)?));
    }
    let mut running = case.start()?;
    let reading = |lines: &[String]| lines.iter().filter(|it| it.starts_with("reading ")).count();
    running.until(2, |lines| reading(lines) >= 2);
    let together = reading(&running.lines()).min(running.children().len());
    running.give("\n".repeat(wanted.len()));
    let mut ended = check.finish(running);
    if ended.came_to_its_end() && together < 2 {
        check.problem(
            "together",
            text!(
                "files read by workers at the same time: {together} instead of 2; hand all files to the pool in one call",
                "ワーカーが同時に読むファイルは2個のはずが、{together}個でした。一度の呼び出しで全部のファイルをプールに渡してください"
            ),
        );
    }
    ended.stdout = ended
        .stdout
        .lines()
        .filter(|it| !it.starts_with("reading "))
        .fold(String::new(), |text, line| text + line + "\n");
    check.lines(&ended, &wanted);
    Ok(())
}

checker::check!(check);
