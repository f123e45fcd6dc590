//! Columns that stand in line in both languages.
//!
//! A Japanese character takes two columns of a terminal, a Latin letter one, whatever they take in memory; so
//! what is padded is the width, not the length.

use std::io::{IsTerminal, stdout};

use lesson::text;
use unicode_width::UnicodeWidthStr;

use crate::explain::isolated;
use crate::isolation::{ISOLATIONS, Isolation, Shown, winner};
use crate::row::{Kind, Measured, Row};
use crate::rows::{COSTS, ROWS};
use crate::verdict::Verdict;

/// As wide as the narrowest terminal that people use.
pub const WIDTH: usize = 80;

/// Between two columns.
const GAP: &str = "  ";
/// The widest figure, such as `0.123 ms` or `2.26 k/秒`.
const FIGURE: usize = 9;
/// The widest outcome of an isolation, such as `512 of 512 changed`.
const OUTCOME: usize = 19;

/// A table whose rows can be printed one by one, as they are measured: its widths are known before.
#[derive(Debug)]
pub struct Table {
    header: Vec<String>,
    widths: Vec<usize>,
    /// These columns stand to the right, so that their units are one below the other.
    right: std::ops::Range<usize>,
}

impl Table {
    /// The five situations: Python's advice, the figures, and what follows from them.
    pub fn situations() -> Self {
        let labels = ROWS.iter().map(Row::name);
        let header = vec![
            text!("situation", "状況"),
            text!("advice", "助言"),
            text!("in", "言語"),
            text!("processes", "プロセス"),
            text!("threads", "スレッド"),
            text!("quicker", "速いのは"),
        ];
        let widths = [0, Kind::Processes.name().width(), "Python".len(), FIGURE, FIGURE, 0];
        Self::new(header, &widths, labels, 3..5)
    }

    /// What the five do not tell.
    pub fn beyond() -> Self {
        let labels = ISOLATIONS.iter().map(Isolation::name).chain(COSTS.iter().map(Row::name));
        let header = vec![
            text!("besides", "そのほか"),
            text!("processes", "プロセス"),
            text!("threads", "スレッド"),
            text!("better", "優れているのは"),
        ];
        Self::new(header, &[0, OUTCOME, OUTCOME, 0], labels, 0..0)
    }

    fn new<'l>(
        header: Vec<String>,
        least: &[usize],
        labels: impl Iterator<Item = &'l str>,
        right: std::ops::Range<usize>,
    ) -> Self {
        let mut widths: Vec<usize> =
            header.iter().zip(least).map(|(text, &least)| text.width().max(least)).collect();
        widths[0] = labels.map(UnicodeWidthStr::width).fold(widths[0], usize::max);
        Self { header, widths, right }
    }

    /// The columns' names.
    pub fn header(&self) -> String {
        self.line(&self.header, None)
    }

    /// A line under the columns' names.
    pub fn rule(&self) -> String {
        "-".repeat(WIDTH)
    }

    /// A situation in Python, if it was measured, and in Rust.
    pub fn row(&self, row: &Row, rust: &Measured, python: Option<&Measured>) -> Vec<String> {
        let mut label = [row.name().to_owned(), row.python.name()];
        let both = python.map(|measured| ("Python", measured)).into_iter().chain([("Rust", rust)]);
        both.map(|(language, measured)| {
            let [name, advice] = std::mem::take(&mut label);
            let [processes, threads] = figures(measured);
            let verdict = measured.verdict();
            let cells = [name, advice, language.to_owned(), processes, threads, verdict.show()];
            self.line(&cells, Some(verdict))
        })
        .collect()
    }

    /// What a worker costs.
    pub fn cost(&self, row: &Row, rust: &Measured) -> String {
        let [processes, threads] = figures(rust);
        let verdict = rust.verdict();
        self.line(&[row.name().to_owned(), processes, threads, verdict.show()], Some(verdict))
    }

    /// How far harm reaches.
    pub fn isolation(&self, isolation: &Isolation, both: &[Shown; 2]) -> String {
        let [processes, threads] = both.each_ref().map(|shown| shown.outcome.clone());
        let verdict = match winner(both) {
            Some(Kind::Processes) => Verdict::Processes { factor: f64::INFINITY },
            Some(Kind::Threads) => Verdict::Threads { factor: f64::INFINITY },
            None => Verdict::NoDifference,
        };
        let cells = [isolation.name().to_owned(), processes, threads, isolated(both)];
        self.line(&cells, Some(verdict))
    }

    /// The last cell is coloured by the verdict in it.
    fn line(&self, cells: &[String], verdict: Option<Verdict>) -> String {
        let mut line = String::new();
        for (n, (cell, &width)) in cells.iter().zip(&self.widths).enumerate() {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            let (left, right) =
                if self.right.contains(&n) { (&*padding, "") } else { ("", &*padding) };
            let gap = if n == 0 { "" } else { GAP };
            let cell = match verdict {
                Some(verdict) if n + 1 == cells.len() => &coloured(cell, verdict),
                _ => cell,
            };
            line.extend([gap, left, cell, right]);
        }
        line.truncate(line.trim_end().len());
        line
    }
}

fn figures(measured: &Measured) -> [String; 2] {
    [Kind::Processes, Kind::Threads]
        .map(|kind| measured.unit().show(measured.best(kind).spread.median))
}

/// Bold and coloured on a terminal, unless `NO_COLOR` asks for none; plain elsewhere.
fn coloured(text: &str, verdict: Verdict) -> String {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let code = match verdict {
        Verdict::Processes { .. } => "1;36",
        Verdict::Threads { .. } => "1;32",
        Verdict::TooNoisy => "33",
        Verdict::NoDifference => return text.to_owned(),
    };
    if wanted && stdout().is_terminal() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
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

/// The same for a line that is indented: what follows is indented further.
pub fn wrap_indented(line: &str, width: usize) -> Vec<String> {
    let indent = line.len() - line.trim_start().len();
    let further = " ".repeat(if indent == 0 { 0 } else { indent + 2 });
    let lines = wrap(line.trim_start(), width - further.len());
    let prefixed = lines.iter().enumerate().map(|(n, text)| match n {
        0 => format!("{}{text}", &line[..indent]),
        _ => format!("{further}{text}"),
    });
    prefixed.collect()
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

    use super::{WIDTH, wrap, wrap_indented};

    #[test]
    fn what_follows_an_indented_line_is_indented_further() {
        let wrapped = wrap_indented("  one two three", 11);
        assert_eq!(wrapped, ["  one two", "    three"]);
        assert_eq!(wrap_indented("one two", 4), ["one", "two"]);
    }

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
