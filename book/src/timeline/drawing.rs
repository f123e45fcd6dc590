//! The SVG: shapes in the colour of the text, told apart by their form, with a legend.
//!
//! All bars of a kind in a row are one path of thick strokes, and all messages are one path: a run of thousands
//! of events is a few kilobytes.

use std::collections::BTreeSet;
use std::fmt::Write;

use lesson::Language;

use super::events::Run;
use super::rows;
use super::words::{description, duration, either, ending, title};

/// The width of the drawing; it is scaled to the page's.
const WIDTH: f64 = 400.0;
/// Left and right of the time axis.
const MARGIN: f64 = 8.0;
/// A label and the bar below it.
const ROW: f64 = 32.0;
/// From a row's top to the middle of its bar.
const MIDDLE: f64 = 22.0;
/// Half of a bar's height.
const HALF: f64 = 6.0;
/// What keeps a label legible where a line runs through it: a rim in the page's colour, if it has said which.
const HALO: &str = "style=\"paint-order:stroke;stroke:var(--bg,transparent);stroke-width:3px\"";
/// So many arrows are drawn: more would be black.
const MOST_MESSAGES: usize = 40;
/// So many lines from parent to child.
const MOST_STARTS: usize = 60;

/// The whole figure.
pub(super) fn draw(run: &Run, language: Language, command: &str) -> String {
    let (rows, hidden) = rows::of(run);
    let mut drawing = Drawing::new(run, rows);
    drawing.starts();
    for row in 0..drawing.rows.len() {
        drawing.row(row);
    }
    drawing.messages();
    // Over what runs through them.
    let labels = std::mem::take(&mut drawing.labels);
    drawing.shapes.push_str(&labels);
    drawing.axis();
    drawing.legend(language);
    let names: BTreeSet<&str> = run.processes.iter().map(|it| rows::base(&it.name)).collect();
    let names = escaped(&names.into_iter().collect::<Vec<_>>().join(" "));
    format!(
        "<svg class=\"tl\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"100%\" \
         style=\"max-width:560px\" role=\"img\" font-size=\"12\" fill=\"currentColor\" stroke=\"none\" \
         data-processes=\"{count}\" data-names=\"{names}\">\n\
         <title>{title}</title>\n<desc>{description}</desc>\n{shapes}</svg>\n",
        height = drawing.bottom.ceil(),
        count = run.processes.len(),
        title = escaped(&title(language, command)),
        description = escaped(&description(run, language, hidden)),
        shapes = drawing.shapes,
    )
}

struct Drawing<'a> {
    run: &'a Run,
    rows: Vec<Vec<usize>>,
    shapes: String,
    labels: String,
    bottom: f64,
    /// What the legend has to explain.
    kinds: BTreeSet<Kind>,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Kind {
    Alive,
    Task,
    Wait,
    Zombie,
    Message,
    Signal,
}

impl<'a> Drawing<'a> {
    fn new(run: &'a Run, rows: Vec<Vec<usize>>) -> Self {
        let bottom = rows.len() as f64 * ROW;
        Self {
            run,
            rows,
            shapes: String::new(),
            labels: String::new(),
            bottom,
            kinds: BTreeSet::new(),
        }
    }

    fn x(&self, time: u64) -> f64 {
        MARGIN + time as f64 / self.run.length as f64 * (WIDTH - 2.0 * MARGIN)
    }

    /// The middle of a process's bar, if it is drawn.
    fn y(&self, place: usize) -> Option<f64> {
        let row = self.rows.iter().position(|row| row.contains(&place))?;
        Some(row as f64 * ROW + MIDDLE)
    }

    /// From a parent's bar to the start of its child's.
    fn starts(&mut self) {
        let mut path = String::new();
        for (place, process) in self.run.processes.iter().enumerate().take(MOST_STARTS) {
            let Some(from) = process.parent.and_then(|parent| self.y(parent)) else { continue };
            let Some(to) = self.y(place).filter(|to| *to != from) else { continue };
            let _ = write!(path, "M{:.1} {from}V{to}", self.x(process.begun));
        }
        self.path(&path, "tl-start", "fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".4\"");
    }

    fn row(&mut self, row: usize) {
        let (run, y) = (self.run, row as f64 * ROW + MIDDLE);
        let label = escaped(&rows::label(run, &self.rows[row]));
        let _ = writeln!(
            self.labels,
            "<text {HALO} x=\"{MARGIN}\" y=\"{}\">{label}</text>",
            y - HALF - 4.0
        );
        let processes = || self.rows[row].iter().map(|place| &run.processes[*place]);
        let alive: Vec<_> = processes().map(|it| (it.begun, it.ended)).collect();
        let tasks: Vec<_> = processes().flat_map(|it| it.tasks.iter().copied()).collect();
        let waits: Vec<_> = processes().flat_map(|it| it.waits.iter().copied()).collect();
        let zombies: Vec<_> = processes()
            .filter_map(|it| Some((it.ended, it.reaped?)))
            .filter(|(ended, reaped)| self.x(*reaped) - self.x(*ended) > 2.0)
            .collect();
        // One that ended badly says how, at the right of its label's line; in a shared row there is no room for it.
        let told = processes().find_map(|it| Some((it.ended, ending(it.end.as_deref()?)?)));
        let told = told.filter(|_| self.rows[row].len() == 1);
        let signals: Vec<_> =
            processes().flat_map(|it| &it.signals).map(|(time, _)| *time).collect();
        self.bars(Kind::Alive, &alive, y);
        self.bars(Kind::Wait, &waits, y);
        self.bars(Kind::Task, &tasks, y);
        self.bars(Kind::Zombie, &zombies, y);
        let mut crosses = String::new();
        let mut last = f64::MIN;
        for x in signals.into_iter().map(|time| self.x(time)) {
            if x - last > 3.0 {
                let (left, top) = (x - 4.0, y - 4.0);
                let _ = write!(crosses, "M{left:.1} {top}l8 8m0-8l-8 8");
                last = x;
            }
        }
        if !crosses.is_empty() {
            self.kinds.insert(Kind::Signal);
            self.path(
                &crosses,
                "tl-signal",
                "fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"",
            );
        }
        if let Some((time, told)) = told {
            let x = self.x(time).max(120.0);
            let _ = writeln!(
                self.labels,
                "<text class=\"tl-end\" {HALO} x=\"{x:.1}\" y=\"{}\" text-anchor=\"end\" font-weight=\"bold\">{told}</text>",
                y - HALF - 4.0,
                told = escaped(&told),
            );
        }
    }

    /// The bars of one kind in one row, as one path; those that touch are drawn as one.
    fn bars(&mut self, kind: Kind, spans: &[(u64, u64)], y: f64) {
        let mut spans: Vec<_> = spans
            .iter()
            .map(|(from, to)| {
                (self.x(*from), self.x((*to).min(self.run.length)).max(self.x(*from) + 0.8))
            })
            .collect();
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Two tasks that touch stay two, where there is room to see that; a wait is one either way.
        let gap = if kind == Kind::Task && spans.len() < 40 { 0.0 } else { 0.6 };
        let mut joined: Vec<(f64, f64)> = Vec::new();
        for (from, to) in spans {
            match joined.last_mut() {
                Some(last) if from <= last.1 + gap => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        if joined.is_empty() {
            return;
        }
        let mut path = String::new();
        for (from, to) in joined {
            let _ = write!(path, "M{from:.1} {y}h{:.1}", to - from);
        }
        self.kinds.insert(kind);
        self.path(&path, kind.class(), kind.style());
    }

    /// Arrows from sender to receiver.
    fn messages(&mut self) {
        let (mut lines, mut heads, mut drawn) = (String::new(), String::new(), BTreeSet::new());
        for message in &self.run.messages {
            let (Some(from), Some(to)) = (self.y(message.sent.0), self.y(message.received.0))
            else {
                continue;
            };
            let down = if to >= from { 1.0 } else { -1.0 };
            let (x1, y1) = (self.x(message.sent.1), from + down * HALF);
            let (x2, y2) = (self.x(message.received.1), to - down * HALF);
            // Those that would lie on each other are one; a bar sends nothing to itself.
            let key = (x1.round() as i64, y1 as i64, x2.round() as i64, y2 as i64);
            if from == to || drawn.len() >= MOST_MESSAGES || !drawn.insert(key) {
                continue;
            }
            let _ = write!(lines, "M{x1:.1} {y1}L{x2:.1} {}", y2 - down * 4.0);
            let _ = write!(heads, "M{x2:.1} {y2}l-3 {0}h6z", -down * 5.0);
        }
        if !lines.is_empty() {
            self.kinds.insert(Kind::Message);
            self.path(&lines, "tl-message", "fill=\"none\" stroke=\"currentColor\"");
            self.path(&heads, "tl-message", "");
        }
    }

    fn axis(&mut self) {
        let top = self.bottom + 4.0;
        let step = step(self.run.length);
        let mut path = format!("M{MARGIN} {top}H{}", WIDTH - MARGIN);
        let mut texts = String::new();
        for time in (0..=self.run.length).step_by(step as usize) {
            let x = self.x(time);
            let _ = write!(path, "M{x:.1} {top}v4");
            let (anchor, label) = match time {
                0 => ("start", "0".to_owned()),
                _ if x > WIDTH - 24.0 => ("end", duration(time)),
                _ => ("middle", duration(time)),
            };
            let (x, y) = (if time == 0 { MARGIN } else { x }, top + 16.0);
            let _ = writeln!(
                texts,
                "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"{anchor}\">{label}</text>"
            );
        }
        self.path(&path, "tl-axis", "fill=\"none\" stroke=\"currentColor\"");
        self.shapes.push_str(&texts);
        self.bottom = top + 22.0;
    }

    fn legend(&mut self, language: Language) {
        let (mut x, mut y) = (MARGIN, self.bottom + 10.0);
        for kind in std::mem::take(&mut self.kinds) {
            let word = kind.word(language);
            let width =
                30.0 + word.chars().map(|it| if it.is_ascii() { 6.4 } else { 12.2 }).sum::<f64>();
            if x + width > WIDTH && x > MARGIN {
                (x, y) = (MARGIN, y + 17.0);
            }
            let middle = y - 4.0;
            let path = match kind {
                Kind::Signal => format!("M{:.1} {:.1}l8 8m0-8l-8 8", x + 3.0, middle - 4.0),
                Kind::Message => format!("M{x:.1} {middle}h10m0-3l6 3l-6 3z"),
                _ => format!("M{x:.1} {middle}h16"),
            };
            self.path(&path, kind.class(), kind.style());
            let _ = writeln!(self.shapes, "<text x=\"{:.1}\" y=\"{y}\">{word}</text>", x + 21.0);
            x += width + 6.0;
        }
        self.bottom = y + 6.0;
    }

    fn path(&mut self, path: &str, class: &str, style: &str) {
        if !path.is_empty() {
            let _ = writeln!(self.shapes, "<path class=\"{class}\" {style} d=\"{path}\"/>");
        }
    }
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Alive => "tl-alive",
            Self::Task => "tl-task",
            Self::Wait => "tl-wait",
            Self::Zombie => "tl-zombie",
            Self::Message => "tl-message",
            Self::Signal => "tl-signal",
        }
    }

    fn style(self) -> &'static str {
        match self {
            Self::Alive => "stroke=\"currentColor\" stroke-width=\"12\" stroke-opacity=\".22\"",
            Self::Task => "stroke=\"currentColor\" stroke-width=\"8\" stroke-opacity=\".75\"",
            Self::Wait => "stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"4 2\"",
            Self::Zombie => "stroke=\"currentColor\" stroke-width=\"4\" stroke-dasharray=\"1 2\"",
            Self::Message => "stroke=\"currentColor\"",
            Self::Signal => "fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"",
        }
    }

    fn word(self, language: Language) -> String {
        let (english, japanese) = match self {
            Self::Alive => ("process", "プロセス"),
            Self::Task => ("task", "タスク"),
            Self::Wait => ("waiting", "待機"),
            Self::Zombie => ("ended, not reaped yet", "終了後、回収待ち"),
            Self::Message => ("message", "メッセージ"),
            Self::Signal => ("signal", "シグナル"),
        };
        either(language, english.into(), japanese.into())
    }
}

/// The distance of the marks on the axis: 1, 2 or 5 times a power of ten, for at most six of them.
fn step(length: u64) -> u64 {
    let mut step = 1;
    while length / step > 5 {
        // 1, 2, 5, 10, …
        step = if step.to_string().starts_with('2') { step / 2 * 5 } else { step * 2 };
    }
    step
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
