//! Exercise process/5-thumbnails: many pictures, and never more than a few processes at once.
//! Run it: `cargo run -p process-exercises --bin process-thumbnails -- FOLDER --processes 3`
//! Check it: `cargo xtask exercise check thumbnails`

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
    // TODO: this starts a process for every picture at once, be they ten thousand. At most so many may run.
    let _ = most;
    let mut running = Vec::new();
    for name in names {
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
