//! What answers to `process/5-thumbnails` are given: making one thumbnail.

use std::env;
use std::fs::{self, File};
use std::io::{Read, stdin};
use std::os::fd::AsFd;
use std::process::id;

use lesson::{say, text};

/// Makes `NAME.small` of the picture `NAME`, a plain PGM file: every second pixel of every second line.
///
/// Under the check (`CHECKED` is set) it waits for a byte first, so that the check sees who works at the same time.
///
/// # Errors
///
/// A message: the file cannot be read or written, or is no such picture.
pub fn thumbnail(name: String) -> Result<(), String> {
    let pid = id();
    say!("{name} (PID: {pid})", "{name}(PID: {pid})");
    if env::var_os("CHECKED").is_some() {
        // Not through `std::io::stdin` itself: its buffer would take the bytes that are meant for the others.
        let input = stdin().as_fd().try_clone_to_owned().map_err(|error| error.to_string())?;
        let _ = File::from(input).read(&mut [0]);
    }
    let picture = fs::read_to_string(&name).map_err(|error| format!("{name}: {error}"))?;
    let small = half(&picture).ok_or_else(|| {
        text!("{name}: no plain PGM picture", "{name}: テキスト形式のPGM画像ではありません")
    })?;
    fs::write(format!("{name}.small"), small).map_err(|error| format!("{name}: {error}"))
}

/// Half as wide and half as high; `None` if it is no picture.
fn half(picture: &str) -> Option<String> {
    let mut words = picture.strip_prefix("P2")?.split_whitespace();
    let mut number = || words.next()?.parse::<usize>().ok();
    let (width, height, white) = (number()?, number()?, number()?);
    let pixels: Vec<&str> = words.collect();
    if width == 0 || pixels.len() != width.checked_mul(height)? {
        return None;
    }
    let lines = pixels.chunks(width).step_by(2);
    let lines: Vec<String> =
        lines.map(|line| line.iter().step_by(2).copied().collect::<Vec<_>>().join(" ")).collect();
    let (width, height) = (width.div_ceil(2), height.div_ceil(2));
    Some(format!("P2 {width} {height} {white}\n{}\n", lines.join("\n")))
}
