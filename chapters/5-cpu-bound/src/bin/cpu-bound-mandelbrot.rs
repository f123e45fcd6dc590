//! A picture that several processes draw together, each of them in a colour of its own.
//! Run it: `cargo run -p cpu-bound --bin cpu-bound-mandelbrot` and look at mandelbrot.png
//! Look for: who drew which tile; some tiles are far more work than others. Is it the same in the next run?

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{ExitCode, id};

use cpu_bound::mandelbrot::{Tile, draw, tiles};
use cpu_bound::picture::{Picture, colour};
use lesson::{Options, say, text};
use pool::Pool;

const SIZE: (u32, u32) = (960, 640);
const SIDE: u32 = 64;

// ANCHOR: program
fn task(tile: Tile) -> (Tile, u32, Vec<u16>) {
    (tile, id(), draw(tile))
}

fn program(workers: usize, out: &Path) -> lesson::Result {
    check_folder(out)?;
    let pool = Pool::new(workers)?;
    let hues: BTreeMap<u32, f64> = (pool.pids().iter().enumerate())
        .map(|(n, pid)| (pid.as_raw() as u32, n as f64 / workers as f64))
        .collect();
    let tiles = tiles(SIZE, SIDE);
    let (mut picture, mut drawn) = (Picture::new(SIZE), BTreeMap::new());
    // Each tile is painted as soon as it is there: the order does not matter.
    for result in pool.imap_unordered(task, tiles.iter().copied()) {
        let (tile, pid, steps) = result?;
        let hue = *hues.get(&pid).ok_or_else(|| text!("who is {pid}?", "{pid}は不明です"))?;
        picture.paint(tile, &steps, hue);
        *drawn.entry(pid).or_insert(0) += 1;
    }
    picture.save(out).map_err(|error| cannot_write(out, &error.to_string()))?;
    // ANCHOR_END: program
    for (&pid, &hue) in &hues {
        let (count, [red, green, blue]) = (drawn.get(&pid).unwrap_or(&0), colour(hue, 1.0));
        let name = name(hue);
        say!(
            "worker (PID: {pid}) drew {count} tiles in #{red:02x}{green:02x}{blue:02x} ({name})",
            "ワーカー(PID: {pid})は#{red:02x}{green:02x}{blue:02x}({name})で{count}枚のタイルを描きました"
        );
    }
    let (total, out) = (tiles.len(), out.display());
    if drawn.values().sum::<usize>() != total {
        return Err(text!("tiles are missing", "足りないタイルがあります").into());
    }
    say!("{total} tiles are in {out}", "{total}枚のタイルを{out}に書き込みました");
    Ok(())
}

fn check_folder(out: &Path) -> lesson::Result {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            let reason =
                text!("there is no folder {}", "フォルダー{}がありません", folder.display());
            Err(cannot_write(out, &reason).into())
        }
        _ => Ok(()),
    }
}

fn cannot_write(out: &Path, reason: &str) -> String {
    let out = out.display();
    text!(
        "cannot write {out}: {reason}; choose another place with --out FILE",
        "{out}に書き込めません: {reason}。--out FILEで別の場所を指定してください"
    )
}

/// The nearest of six colours.
fn name(hue: f64) -> String {
    match (hue * 6.0).round() as u32 % 6 {
        0 => text!("red", "赤"),
        1 => text!("yellow", "黄"),
        2 => text!("green", "緑"),
        3 => text!("cyan", "水色"),
        4 => text!("blue", "青"),
        _ => text!("magenta", "赤紫"),
    }
}

fn main() -> ExitCode {
    let about = Options::new(
        "Worker processes draw the Mandelbrot set, each in its own colour.",
        "ワーカープロセスがそれぞれの色でマンデルブロ集合を描きます。",
    )
    .number("workers", pool::cores().clamp(1, 64), 1..=64, "how many workers", "ワーカーの数")
    .text("out", "FILE", "the picture (mandelbrot.png)", "画像ファイル(mandelbrot.png)");
    lesson::run(about, |given| {
        program(given.number("workers"), Path::new(given.text("out").unwrap_or("mandelbrot.png")))
    })
}
