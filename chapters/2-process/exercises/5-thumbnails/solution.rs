//! Exercise process/5-thumbnails, solved: when all places are taken, wait for whichever process ends first.
//! Run it: `cargo run -p process-exercises --bin process-thumbnails-solution -- FOLDER --processes 3`
//! Look for: the `poll`. Why not join the oldest one?

use std::fs;
use std::process::ExitCode;

use lesson::{Options, say};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
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

type Running = Process<Result<(), String>>;

/// Waits until one of them has ended, whichever it is, and takes it out.
fn first_to_end(running: &mut Vec<Running>) -> lesson::Result<Running> {
    let mut ends: Vec<PollFd<'_>> =
        running.iter().map(|it| PollFd::new(it.pidfd(), PollFlags::POLLIN)).collect();
    poll(&mut ends, PollTimeout::NONE)?;
    let ended = ends.iter().position(|it| it.any().unwrap_or(false));
    Ok(running.swap_remove(ended.ok_or("poll came back without a reason")?))
}

fn program(folder: &str, most: usize) -> lesson::Result {
    let names = pictures(folder)?;
    let made = names.len();
    let mut running = Vec::new();
    for name in names {
        if running.len() == most {
            first_to_end(&mut running)?.join()??;
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
