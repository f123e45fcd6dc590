//! A wrong answer: it starts the next one first and looks afterwards, so there is one too many.
//! Fails with: processes, idle
//! Look for: `>` where `==` was meant, or the two steps the other way round.

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
        running.push(Process::spawn(thumbnail, (name,))?);
        while running.len() > most {
            let ended = running.iter_mut().position(|it| !it.is_alive());
            match ended {
                Some(ended) => running.swap_remove(ended).join()??,
                None => std::thread::yield_now(),
            }
        }
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
