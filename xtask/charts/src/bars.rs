//! Bars from the left: what is one's own, and lighter what is one's share of what others have too.

use std::fmt::Write;

use comparison::Kind;
use lesson::text;

use crate::chart::{WIDTH, class, svg};
use crate::escaped;

/// A label and the bar below it.
const ROW: f64 = 36.0;
/// Room for the figure at the end of a bar.
const RIGHT: f64 = 150.0;

/// One bar.
#[derive(Debug)]
pub struct Bar {
    /// Whose.
    pub kind: Kind,
    /// Its name.
    pub label: String,
    /// Its own.
    pub own: f64,
    /// Its share of what it has in common with others.
    pub shared: f64,
    /// The figures, as text.
    pub figures: String,
}

/// The SVG.
pub fn draw(title: &str, bars: &[Bar]) -> String {
    let longest = bars.iter().map(|bar| bar.own + bar.shared).fold(f64::MIN_POSITIVE, f64::max);
    let mut shapes = String::new();
    let mut told = String::new();
    for (n, Bar { kind, label, own, shared, figures }) in bars.iter().enumerate() {
        let top = n as f64 * ROW;
        let width = |figure: f64| figure / longest * (WIDTH - RIGHT - 4.0);
        let (own, shared) = (width(*own).max(1.0), width(*shared));
        let (label, figures) = (escaped(label), escaped(figures));
        let _ = writeln!(
            shapes,
            "<text x=\"4\" y=\"{:.1}\">{label}</text>\n\
             <g class=\"{}\" fill=\"currentColor\"><rect x=\"4\" y=\"{y:.1}\" width=\"{own:.1}\" height=\"12\"/>\
             <rect x=\"{:.1}\" y=\"{y:.1}\" width=\"{shared:.1}\" height=\"12\" fill-opacity=\".35\"/></g>\n\
             <text x=\"{:.1}\" y=\"{:.1}\">{figures}</text>",
            top + 13.0,
            class(*kind),
            4.0 + own,
            10.0 + own + shared,
            top + 28.0,
            y = top + 18.0,
        );
        told.push_str(&text!("{label}: {figures}. ", "{label}: {figures}。"));
    }
    svg(title, told.trim_end(), bars.len() as f64 * ROW + 4.0, &shapes)
}
