//! The title and the description, for who does not see the drawing; and the words in it.

use lesson::Language;

use super::events::Run;

/// The ends of so many processes are told; the rest look alike.
const MOST_TOLD: usize = 8;

/// Whichever of the two is the page's language.
pub(super) fn either(language: Language, english: String, japanese: String) -> String {
    match language {
        Language::English => english,
        Language::Japanese => japanese,
    }
}

pub(super) fn title(language: Language, command: &str) -> String {
    either(language, format!("Timeline of {command}"), format!("{command}のタイムライン"))
}

pub(super) fn description(run: &Run, language: Language, hidden: usize) -> String {
    let (n, length) = (run.processes.len(), duration(run.length));
    let tasks: usize = run.processes.iter().map(|process| process.tasks.len()).sum();
    let messages = run.messages.len();
    let count =
        |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let processes = if n == 1 { "1 process".into() } else { format!("{n} processes") };
    let mut text = either(
        language,
        format!(
            "{processes} in {length}, with {} and {}.",
            count(tasks, "task"),
            count(messages, "message")
        ),
        format!("{length}の間に{n}個のプロセス、タスク{tasks}個、メッセージ{messages}通。"),
    );
    if hidden > 0 {
        let more = (format!(" {hidden} of them are not drawn."), format!("うち{hidden}個は省略。"));
        text.push_str(&either(language, more.0, more.1));
    }
    let ends =
        run.processes.iter().filter_map(|process| Some((&process.name, process.end.as_ref()?)));
    for (name, end) in ends.take(MOST_TOLD) {
        text.push_str(&either(language, format!(" {name} {end}."), format!("{name}は{end}。")));
    }
    text
}

/// A time with a unit that suits it.
pub(super) fn duration(microseconds: u64) -> String {
    let (value, unit) = match microseconds {
        0..1_000 => (microseconds as f64, "µs"),
        1_000..1_000_000 => (microseconds as f64 / 1e3, "ms"),
        _ => (microseconds as f64 / 1e6, "s"),
    };
    let digits = usize::from(value < 10.0 && value.fract() != 0.0);
    format!("{value:.digits$} {unit}")
}

/// What follows a process's bar, unless it just ended as it should: its signal or its exit code.
pub(super) fn ending(end: &str) -> Option<String> {
    if let Some(signal) = end.split(['(', ')']).find(|part| part.starts_with("SIG")) {
        return Some(signal.to_owned());
    }
    let code: String = end.chars().filter(char::is_ascii_digit).collect();
    match &*code {
        "0" => None,
        _ if end.starts_with("exited") || end.starts_with("終了コード") => Some(code),
        _ => Some("panic".into()),
    }
}
