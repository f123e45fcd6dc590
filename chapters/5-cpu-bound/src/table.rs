//! Columns of text, aligned also where a character takes two places (Japanese ones do).

use unicode_width::UnicodeWidthStr;

/// The rows as lines: the first column to the left, the others to the right, two spaces between them.
pub fn lines<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> Vec<String> {
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0));
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                let padding = " ".repeat(width - cell.width());
                match column {
                    0 => line.extend([cell, padding.as_str()]),
                    _ => line.extend(["  ", padding.as_str(), cell]),
                }
            }
            line
        })
        .collect()
}
