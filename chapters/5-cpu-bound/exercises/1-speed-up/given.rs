//! What answers to `cpu-bound/1-speed-up` are given: the rows of a picture, each its own amount of work.

use cpu_bound::mandelbrot::{Tile, draw};

/// The rows are 0 to one below this.
pub const ROWS: u32 = 640;
const WIDTH: u32 = 1920;

/// Draws a row of the upper half of the Mandelbrot set's picture, and gives how many steps that took.
///
/// Rows at the top take few, rows near the middle of the picture many.
pub fn row(y: u32) -> u64 {
    let tile = Tile { x: 0, y, width: WIDTH, height: 1, picture: (WIDTH, 2 * ROWS) };
    draw(tile).into_iter().map(u64::from).sum()
}
