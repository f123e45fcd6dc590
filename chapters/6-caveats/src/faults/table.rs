//! Columns of running text that stand in line in both languages.
//!
//! A Japanese character takes two columns of a terminal, and a line may be broken before almost every one of them; where, a
//! standard says (UAX #14).

use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthStr;

/// As wide as the narrowest terminal that people use.
pub const WIDTH: usize = 80;
/// Between two columns.
const GAP: usize = 2;

/// Breaks a text into lines that are at most so wide; a word that is wider stands alone.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut from = 0;
    for (to, _) in linebreaks(text) {
        let part = &text[from..to];
        from = to;
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() || line.width() + part.trim_end().width() <= width {
            line.push_str(part);
        } else {
            lines.push(part.to_owned());
        }
    }
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    lines
}

/// One row: each cell wrapped to its column's width. The last column is as wide as it likes to be.
pub fn row(cells: &[String], widths: &[usize]) -> Vec<String> {
    let cells: Vec<Vec<String>> =
        cells.iter().zip(widths).map(|(cell, &width)| wrap(cell, width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |n: usize| {
        let mut line = String::new();
        for (cell, &width) in cells.iter().zip(widths) {
            let text = cell.get(n).map_or("", String::as_str);
            line.push_str(text);
            line.push_str(&" ".repeat(width.saturating_sub(text.width()) + GAP));
        }
        line.truncate(line.trim_end().len());
        line
    };
    (0..height).map(line).collect()
}
