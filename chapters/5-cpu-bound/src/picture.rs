//! A picture in memory, and how it becomes a PNG file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::mandelbrot::{MOST_STEPS, Tile};

/// Three bytes a pixel: red, green, blue.
#[derive(Clone, Debug)]
pub struct Picture {
    size: (u32, u32),
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// A black picture of so many columns and rows.
    pub fn new(size: (u32, u32)) -> Self {
        Self { size, pixels: vec![[0; 3]; size.0 as usize * size.1 as usize] }
    }

    /// Paints a tile in one hue: the more steps a point took, the brighter; points of the set stay dark.
    ///
    /// # Panics
    ///
    /// If the tile is not within the picture, or there are fewer steps than it has points.
    pub fn paint(&mut self, tile: Tile, steps: &[u16], hue: f64) {
        for (row, steps) in
            (tile.y..).zip(steps.chunks(tile.width as usize)).take(tile.height as usize)
        {
            let begin = row as usize * self.size.0 as usize + tile.x as usize;
            let pixels = &mut self.pixels[begin..begin + steps.len()];
            for (pixel, &steps) in pixels.iter_mut().zip(steps) {
                *pixel = colour(hue, brightness(steps));
            }
        }
    }

    /// Writes the picture to `path` as a PNG file: under a temporary name in the same folder first, so that
    /// nobody ever sees half a picture, and an old one stays when the new one fails.
    ///
    /// # Errors
    ///
    /// What the system says: the folder does not exist, or cannot be written to, or is full.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let temporary = temporary_name(path)?;
        let written = self.write(&temporary).and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            // If even this fails, the first error is the one to tell.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        let mut encoder = png::Encoder::new(&mut file, self.size.0, self.size.1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        writer.finish()?;
        file.flush()
    }
}

fn temporary_name(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    Ok(path.with_file_name(format!(".{}.{}.png.tmp", name.to_string_lossy(), process::id())))
}

/// From 0 to 1. Most points outside escape within few steps: the root spreads those out.
fn brightness(steps: u16) -> f64 {
    if steps >= MOST_STEPS { 0.1 } else { 0.3 + 0.7 * (f64::from(steps) / 100.0).min(1.0).sqrt() }
}

/// A fully saturated colour: `hue` from 0 (red) over 1/3 (green) and 2/3 (blue) to 1 (red again).
pub fn colour(hue: f64, brightness: f64) -> [u8; 3] {
    // Red, green and blue are the same curve, shifted by a third of the circle.
    [0.0, 4.0, 2.0].map(|shift| {
        let place = (hue * 6.0 + shift).rem_euclid(6.0);
        let part = ((place - 3.0).abs() - 1.0).clamp(0.0, 1.0);
        (part * brightness * 255.0).round() as u8
    })
}
