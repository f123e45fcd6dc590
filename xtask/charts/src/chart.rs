//! Lines of points: a mark at each median, a bar between the quartiles, a thin line from the lowest to the highest.
//!
//! Processes and threads differ by colour where a style sheet gives them one (`--chart-processes`,
//! `--chart-threads`), and always by form: Rust's lines are whole and its marks filled, Python's are dashed and
//! hollow; each way has a mark of its own.

use std::fmt::Write;

use comparison::record::{Language, Series};
use comparison::{Kind, Spread};
use lesson::text;

use crate::axis::Scale;
use crate::escaped;
use crate::words;

/// The width of a drawing; it is scaled to the page's.
pub(crate) const WIDTH: f64 = 400.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 24.0;
const HEIGHT: f64 = 210.0;
/// Of a line of the legend.
const LINE: f64 = 17.0;

/// A drawing in the making.
#[derive(Debug)]
pub struct Chart<'r> {
    /// For who does not see it, too.
    pub title: String,
    /// What is upwards, with its unit.
    pub upwards: String,
    /// What is to the right.
    pub across: String,
    /// The scale to the right.
    pub x: Scale,
    /// Its marks: what was measured.
    pub x_marks: Vec<f64>,
    /// The scale upwards.
    pub y: Scale,
    /// How a mark of the x axis is written.
    pub x_mark: fn(f64) -> String,
    /// How a mark of the y axis, or a figure, is written.
    pub y_mark: fn(f64) -> String,
    /// What was measured.
    pub series: Vec<&'r Series>,
    /// What was not measured but calculated: its name and its points.
    pub limits: Vec<(String, Vec<(f64, f64)>)>,
}

impl Chart<'_> {
    /// The SVG.
    pub fn draw(&self) -> String {
        let mut shapes = String::new();
        self.axes(&mut shapes);
        for (n, (_, points)) in self.limits.iter().enumerate() {
            let dash = LIMITS[n % LIMITS.len()];
            let line = self.line(points.iter().copied());
            let _ = writeln!(
                shapes,
                "<path fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".6\" stroke-dasharray=\"{dash}\" d=\"{line}\"/>"
            );
        }
        for (n, series) in self.series.iter().enumerate() {
            self.series(&mut shapes, n, series);
        }
        let bottom = self.legend(&mut shapes);
        svg(&self.title, &self.description(), bottom, &shapes)
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let width = WIDTH - LEFT - RIGHT;
        let place = self.y.place(y).clamp(0.0, 1.0);
        (LEFT + self.x.place(x) * width, TOP + (1.0 - place) * HEIGHT)
    }

    fn axes(&self, shapes: &mut String) {
        let (bottom, right) = (TOP + HEIGHT, WIDTH - RIGHT);
        let mut grid = String::new();
        for mark in self.y.marks() {
            let (_, y) = self.at(0.0, mark);
            let _ = write!(grid, "M{LEFT} {y:.1}H{right}");
            let label = escaped(&(self.y_mark)(mark));
            let _ = writeln!(
                shapes,
                "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                LEFT - 5.0,
                y + 4.0
            );
        }
        let mut last = f64::MIN;
        for &mark in &self.x_marks {
            let (x, _) = self.at(mark, 0.0);
            let _ = write!(grid, "M{x:.1} {bottom}v4");
            let label = escaped(&(self.x_mark)(mark));
            // Where two labels would touch, the second is left out.
            let half = width_of(&label) / 2.0;
            if x - half < last + 4.0 {
                continue;
            }
            last = x + half;
            let anchor = if x + half > WIDTH { "end" } else { "middle" };
            let x = if anchor == "end" { WIDTH - 1.0 } else { x };
            let _ = writeln!(
                shapes,
                "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{label}</text>",
                bottom + 17.0
            );
        }
        let _ = writeln!(
            shapes,
            "<path stroke=\"currentColor\" stroke-opacity=\".2\" fill=\"none\" d=\"{grid}\"/>\n\
             <path stroke=\"currentColor\" fill=\"none\" d=\"M{LEFT} {TOP}V{bottom}H{right}\"/>\n\
             <text x=\"2\" y=\"13\" font-weight=\"bold\">{upwards}</text>\n\
             <text x=\"{right}\" y=\"{}\" text-anchor=\"end\" font-weight=\"bold\">{across}</text>",
            bottom + 34.0,
            upwards = escaped(&self.upwards),
            across = escaped(&self.across),
        );
    }

    fn line(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let mut path = String::new();
        for (n, (x, y)) in points.enumerate() {
            let (x, y) = self.at(x, y);
            let _ = write!(path, "{}{x:.1} {y:.1}", if n == 0 { 'M' } else { 'L' });
        }
        path
    }

    fn series(&self, shapes: &mut String, n: usize, series: &Series) {
        // Beside each other where they have the same value.
        let aside = (n as f64 - (self.series.len() as f64 - 1.0) / 2.0) * 1.8;
        let spreads: Vec<(f64, Spread)> =
            series.points.iter().map(|point| (point.x, point.spread())).collect();
        let (mut quartiles, mut extremes, mut marks) =
            (String::new(), String::new(), String::new());
        for (x, spread) in &spreads {
            let y = |figure| self.at(*x, figure).1;
            let (x, middle) = self.at(*x, spread.median);
            let x = x + aside;
            let (low, high) = (y(spread.lower_quartile), y(spread.upper_quartile));
            let _ = write!(quartiles, "M{x:.1} {low:.1}V{high:.1}");
            let (low, high) = (y(spread.lowest()), y(spread.highest()));
            let _ = write!(extremes, "M{x:.1} {low:.1}V{high:.1}");
            marks.push_str(&mark(self.shape(n), x, middle));
        }
        let line = self.line(spreads.iter().map(|(x, spread)| (*x, spread.median)));
        let Look { class, dash, fill } = Look::of(series);
        let _ = writeln!(
            shapes,
            "<g class=\"{class}\" stroke=\"currentColor\" fill=\"none\">\
             <path stroke-width=\"1.5\" {dash} d=\"{line}\"/>\
             <path stroke-opacity=\".7\" d=\"{extremes}\"/>\
             <path stroke-width=\"5\" stroke-opacity=\".4\" d=\"{quartiles}\"/>\
             <path stroke-width=\"1.5\" {fill} d=\"{marks}\"/></g>"
        );
    }

    /// The mark of a series: each way of a kind and language has another.
    fn shape(&self, n: usize) -> usize {
        let alike = |other: &&&Series| {
            (other.kind, other.language) == (self.series[n].kind, self.series[n].language)
        };
        let before = self.series[..n].iter().filter(alike).count();
        before * 2 + usize::from(self.series[n].kind == Kind::Threads)
    }

    /// What stands for what; gives where it ends.
    fn legend(&self, shapes: &mut String) -> f64 {
        let (mut x, mut y) = (4.0, TOP + HEIGHT + 54.0);
        let mut place = |label: &str| {
            let width = 34.0 + width_of(label);
            if x + width > WIDTH && x > 4.0 {
                (x, y) = (4.0, y + LINE);
            }
            let at = (x, y);
            x += width + 8.0;
            at
        };
        for (n, series) in self.series.iter().enumerate() {
            let label = words::series(series);
            let (x, y) = place(&label);
            let Look { class, dash, fill } = Look::of(series);
            let (middle, mark) = (y - 4.0, mark(self.shape(n), x + 12.0, y - 4.0));
            let _ = writeln!(
                shapes,
                "<g class=\"{class}\" stroke=\"currentColor\" stroke-width=\"1.5\" fill=\"none\">\
                 <path {dash} d=\"M{x:.1} {middle:.1}h24\"/><path {fill} d=\"{mark}\"/></g>\n\
                 <text x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
                x + 29.0,
                escaped(&label)
            );
        }
        for (n, (label, _)) in self.limits.iter().enumerate() {
            let (x, y) = place(label);
            let dash = LIMITS[n % LIMITS.len()];
            let _ = writeln!(
                shapes,
                "<path fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".6\" stroke-dasharray=\"{dash}\" d=\"M{x:.1} {:.1}h24\"/>\n\
                 <text x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
                y - 4.0,
                x + 29.0,
                escaped(label)
            );
        }
        y + 7.0
    }

    /// All medians, in words.
    fn description(&self) -> String {
        let (across, upwards) = (&self.across, &self.upwards);
        let mut told = text!("{upwards}, by {across}.", "{across}ごとの{upwards}。");
        for series in &self.series {
            let name = words::series(series);
            let medians: Vec<String> = series
                .points
                .iter()
                .map(|point| {
                    let at = (self.x_mark)(point.x);
                    format!("{at}: {}", series.unit.show(point.spread().median))
                })
                .collect();
            let medians = medians.join(", ");
            told.push_str(&text!(" {name}: {medians}.", "{name}: {medians}。"));
        }
        told
    }
}

/// Lines that were calculated.
const LIMITS: [&str; 2] = ["1 3", "7 3"];

struct Look {
    class: &'static str,
    dash: &'static str,
    fill: &'static str,
}

impl Look {
    fn of(series: &Series) -> Self {
        let (dash, fill) = match series.language {
            Language::Rust => ("", "fill=\"currentColor\""),
            Language::Python => {
                ("stroke-dasharray=\"5 3\"", "style=\"fill:var(--bg,transparent)\"")
            }
        };
        Self { class: class(series.kind), dash, fill }
    }
}

/// What a style sheet gives a colour.
pub(crate) fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Processes => "chart-processes",
        Kind::Threads => "chart-threads",
    }
}

/// A circle, a square, a triangle, a diamond, …, around a point.
fn mark(shape: usize, x: f64, y: f64) -> String {
    match shape % 6 {
        0 => format!("M{:.1} {y:.1}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z", x - 3.5),
        1 => format!("M{:.1} {:.1}h6v6h-6z", x - 3.0, y - 3.0),
        2 => format!("M{x:.1} {:.1}l4 7h-8z", y - 4.5),
        3 => format!("M{x:.1} {:.1}l4.5 4.5-4.5 4.5-4.5-4.5z", y - 4.5),
        4 => format!("M{:.1} {:.1}l7 7m0-7l-7 7", x - 3.5, y - 3.5),
        _ => format!("M{x:.1} {:.1}l-4-7h8z", y + 4.5),
    }
}

/// About how wide a text is.
pub(crate) fn width_of(text: &str) -> f64 {
    text.chars().map(|it| if it.is_ascii() { 6.6 } else { 12.2 }).sum()
}

/// A whole drawing.
pub(crate) fn svg(title: &str, description: &str, height: f64, shapes: &str) -> String {
    format!(
        "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"100%\" \
         style=\"max-width:560px\" role=\"img\" font-size=\"12\" font-family=\"sans-serif\" fill=\"currentColor\" \
         stroke=\"none\">\n<title>{}</title>\n<desc>{}</desc>\n{shapes}</svg>\n",
        escaped(title),
        escaped(description),
    )
}
