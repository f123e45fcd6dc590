//! All drawings and tables on one page that stands alone, beside the record.

use comparison::record::{NotMeasured, Question, Record};
use lesson::{Language, text};

use crate::{Figure, escaped, questions, tables};

/// The colours, by the reader's own preference. `book.css` has the same for the themes of the book.
const STYLE: &str = "\
:root { color-scheme: light dark; --bg: Canvas; --chart-processes: light-dark(#0b62a4, #6cb6ff); \
--chart-threads: light-dark(#a34a00, #ffa657); }
body { font-family: sans-serif; line-height: 1.6; max-width: 860px; margin: 1em auto; padding: 0 12px; }
.chart-processes { color: var(--chart-processes); } .chart-threads { color: var(--chart-threads); }
.table-wrapper { overflow-x: auto; } table { border-collapse: collapse; }
th, td { border: 1px solid #8888; padding: 4px 8px; text-align: start; vertical-align: top; }
.table-wrapper { margin-block: 1em; } .measured :is(th, td) { word-break: keep-all; }
.figure { text-align: end; white-space: nowrap; } .verdict { font-weight: bold; white-space: nowrap; }
";

/// The page in a language.
///
/// Sets the process's language, as [`figures`](crate::figures) does.
pub fn page(record: &Record, language: Language) -> String {
    lesson::set_language(language);
    let title = text!("Measured on this machine", "このマシンでの計測結果");
    let mut body = String::new();
    let figures = tables::all(record);
    let shown = ["machine.html", "table.html", "conclusion.html", "costs.html", "crash.html"];
    for figure in figures.iter().filter(|figure| shown.contains(&&*figure.name)) {
        body.push_str(&figure.content);
    }
    for question in Question::ALL {
        let Some(drawing) = questions::draw(record, question) else { continue };
        let name = escaped(question.name());
        body.push_str(&format!("<h2>{name}</h2>\n{drawing}"));
        if question == Question::TaskLength {
            let of = |figure: &&Figure| figure.name == "break-even.html";
            body.extend(figures.iter().find(of).map(|figure| &*figure.content));
        }
    }
    if !record.not_measured.is_empty() {
        let lines: String = record.not_measured.iter().map(not_measured).collect();
        let heading = text!("Not measured", "計測しなかったもの");
        body.push_str(&format!("<h2>{heading}</h2>\n<ul>\n{lines}</ul>\n"));
    }
    let name = language.name();
    format!(
        "<!doctype html>\n<html lang=\"{name}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n<h1>{title}</h1>\n{body}</html>\n"
    )
}

/// A drawing as a file that stands alone; `None` for a table.
pub fn alone(figure: &Figure) -> Option<String> {
    let (head, rest) = figure.content.split_once(">\n")?;
    let colours = "<style>svg{color-scheme:light dark;color:CanvasText;background:Canvas;--bg:Canvas;\
                   --chart-processes:light-dark(#0b62a4,#6cb6ff);--chart-threads:light-dark(#a34a00,#ffa657)}\
                   .chart-processes{color:var(--chart-processes)}.chart-threads{color:var(--chart-threads)}</style>";
    head.starts_with("<svg").then(|| format!("{head}>\n{colours}\n{rest}"))
}

fn not_measured(it: &NotMeasured) -> String {
    let language = it.language.map(|language| language.name().to_owned());
    let parts = [it.question.map(|question| question.name().to_owned()), language, it.what.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("<li>{}: {}</li>\n", escaped(&parts.join(", ")), escaped(&it.why.show()))
}
