//! Columns that stand in line in both languages.
//!
//! A Japanese character takes two columns of a terminal, a Latin letter one, whatever they take in memory; so
//! what is padded is the width, not the length.

use lesson::text;
use unicode_width::UnicodeWidthStr;

use crate::row::{Kind, Measured, Row};
use crate::rows::ROWS;

/// As wide as the narrowest terminal that people use.
pub const WIDTH: usize = 80;

/// Between two columns.
const GAP: &str = "  ";
/// The widest figure, such as `0.123 ms`.
const FIGURE: usize = 8;

/// A table whose rows can be printed one by one, as they are measured: its widths are known before.
#[derive(Debug)]
pub struct Table {
    header: [String; 5],
    widths: [usize; 5],
}

impl Table {
    /// The table in the reader's language.
    pub fn new() -> Self {
        let header = [
            text!("situation", "状況"),
            text!("Python", "Pythonでの推奨"),
            text!("processes", "プロセス"),
            text!("threads", "スレッド"),
            text!("quicker in Rust, here", "Rustでの計測結果"),
        ];
        let mut widths = header.each_ref().map(|text| text.width());
        for row in &ROWS {
            widths[0] = widths[0].max(row.name().width());
            widths[1] = widths[1].max(row.python.name().width());
        }
        widths[2] = widths[2].max(FIGURE);
        widths[3] = widths[3].max(FIGURE);
        Self { header, widths }
    }

    /// The columns' names.
    pub fn header(&self) -> String {
        self.line(&self.header)
    }

    /// A line under the columns' names.
    pub fn rule(&self) -> String {
        "-".repeat(WIDTH)
    }

    /// One row.
    pub fn row(&self, row: &Row, measured: &Measured) -> String {
        let figure = |kind| row.unit.show(measured.best(kind).spread.median);
        self.line(&[
            row.name().to_owned(),
            row.python.name(),
            figure(Kind::Processes),
            figure(Kind::Threads),
            measured.verdict().show(),
        ])
    }

    fn line(&self, cells: &[String; 5]) -> String {
        let mut line = String::new();
        for (n, (cell, &width)) in cells.iter().zip(&self.widths).enumerate() {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            // Figures stand to the right, so that their units are one below the other.
            let is_figure = n == 2 || n == 3;
            let (left, right) = if is_figure { (&*padding, "") } else { ("", &*padding) };
            let gap = if n == 0 { "" } else { GAP };
            line.extend([gap, left, cell, right]);
        }
        line.truncate(line.trim_end().len());
        line
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

/// Breaks a text into lines no wider than `width`: at spaces, and between Japanese characters anywhere but
/// before punctuation.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        let line = lines.last_mut().expect("there is always one");
        let fits = line.width() + piece.trim_end().width() <= width;
        if fits || line.is_empty() {
            line.push_str(piece);
        } else {
            lines.push(piece.to_owned());
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The pieces of a text that stay together: words with the space after them, Japanese characters one by one.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut begin, mut before) = (0, None);
    for (at, character) in text.char_indices() {
        let closes = "、。」)]!?,.:;ーっゃゅょッャュョ".contains(character);
        let opens = before.is_some_and(|before| "「(".contains(before));
        // A figure and its unit stay together.
        let figure = text[begin..at].trim_end().ends_with(|last: char| last.is_ascii_digit());
        let space = before == Some(' ') && !figure;
        let wide = |character: char| !character.is_ascii() && character != 'µ';
        let japanese = wide(character) || before.is_some_and(wide);
        if (space || japanese) && !closes && !opens && character != ' ' {
            pieces.push(&text[begin..at]);
            begin = at;
        }
        before = Some(character);
    }
    pieces.push(&text[begin..]);
    pieces
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{WIDTH, wrap};

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let japanese =
            "「計算集約型の処理」でPythonがプロセスを勧めるのはGILがあるからです。".repeat(4);
        let english = "a sentence with some words in it, and a longwordindeed. ".repeat(5);
        for text in [&japanese, &english] {
            let lines = wrap(text, WIDTH);
            assert!(
                lines.len() > 2 && lines.iter().all(|line| line.width() <= WIDTH),
                "{lines:#?}"
            );
            assert!(
                lines.iter().all(|line| !line.starts_with(['、', '。', '」', ' '])),
                "{lines:#?}"
            );
            let plain = |text: &str| text.replace(' ', "");
            assert_eq!(plain(&lines.concat()), plain(text));
        }
        assert_eq!(wrap("it took 218 ms", 11), ["it took", "218 ms"]);
        assert_eq!(wrap("GILがある", 4), ["GIL", "があ", "る"]);
    }
}
