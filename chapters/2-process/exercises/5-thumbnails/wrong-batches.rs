//! A wrong answer: three at a time, but the next three start when the slowest of the last three has ended.
//! Fails with: idle, deadlock
//! Look for: how many work while one large picture takes its time?

use std::fs;
use std::process::ExitCode;

use lesson::{Options, say};
use process::Process;
use process_exercises::thumbnails::thumbnail;

/// The pictures in a folder, by name.
fn pictures(folder: &str) -> lesson::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.path().display().to_string());
    }
    names.retain(|name| name.ends_with(".pgm"));
    names.sort();
    Ok(names)
}

fn program(folder: &str, most: usize) -> lesson::Result {
    let names = pictures(folder)?;
    let made = names.len();
    let mut running: Vec<Process<Result<(), String>>> = Vec::new();
    for name in names {
        if running.len() == most {
            for process in running.drain(..) {
                process.join()??;
            }
        }
        running.push(Process::spawn(thumbnail, (name,))?);
    }
    for process in running {
        process.join()??;
    }
    say!("thumbnails: {made}", "サムネイル: {made}枚");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Makes thumbnails.", "サムネイルを作ります。")
        .operand(
            "FOLDER",
            "where the pictures are (.pgm, plain)",
            "画像(.pgm、テキスト形式)のあるフォルダー",
        )
        .number("processes", 3, 1..=64, "at most so many at once", "同時に動かすプロセスの最大数");
    lesson::run(about, |given| {
        program(given.text("FOLDER").unwrap_or_default(), given.number("processes"))
    })
}
