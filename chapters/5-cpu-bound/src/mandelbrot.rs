//! The Mandelbrot set in tiles: how many steps a point takes until it escapes.

use serde::{Deserialize, Serialize};

/// After so many steps a point counts as one that never escapes.
pub const MOST_STEPS: u16 = 1_000;

/// A rectangle of a picture, in pixels, and the size of the whole picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// The leftmost column.
    pub x: u32,
    /// The topmost row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Columns and rows of the whole picture.
    pub picture: (u32, u32),
}

/// Cuts a picture into tiles of at most `side` × `side` pixels, row by row. A side of 0 counts as 1.
pub fn tiles(picture: (u32, u32), side: u32) -> Vec<Tile> {
    let (side, mut tiles) = (side.max(1), Vec::new());
    for y in (0..picture.1).step_by(side as usize) {
        for x in (0..picture.0).step_by(side as usize) {
            let (width, height) = (side.min(picture.0 - x), side.min(picture.1 - y));
            tiles.push(Tile { x, y, width, height, picture });
        }
    }
    tiles
}

/// The steps of each point of a tile, row by row: [`MOST_STEPS`] for one that never escapes.
///
/// Points inside the set take the most work, so some tiles take many times as long as others.
pub fn draw(tile: Tile) -> Vec<u16> {
    let (width, height) = (f64::from(tile.picture.0), f64::from(tile.picture.1));
    // The picture shows 3.2 units of the plane from left to right, around the point −0.7.
    let unit = 3.2 / width;
    let mut steps = Vec::with_capacity((tile.width * tile.height) as usize);
    for y in tile.y..tile.y + tile.height {
        for x in tile.x..tile.x + tile.width {
            let re = (f64::from(x) - width / 2.0) * unit - 0.7;
            let im = (f64::from(y) - height / 2.0) * unit;
            steps.push(escape(re, im));
        }
    }
    steps
}

/// Repeats z ← z² + c from z = 0 until |z| > 2: from there on it grows for ever.
fn escape(re: f64, im: f64) -> u16 {
    let (mut x, mut y) = (0.0, 0.0);
    for step in 0..MOST_STEPS {
        let (xx, yy) = (x * x, y * y);
        if xx + yy > 4.0 {
            return step;
        }
        y = 2.0 * x * y + im;
        x = xx - yy + re;
    }
    MOST_STEPS
}
