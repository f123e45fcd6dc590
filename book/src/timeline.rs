//! What each process of a run did, and when, as a drawing.
//!
//! The programs write Chrome trace events (`lesson::timeline`); here they become an SVG: a bar for each
//! process, on it its tasks, its waits, its messages, signals and its end. It is drawn in the colour of the text
//! around it, so it is legible in every theme, and at the width of a telephone.
//!
//! # Layout
//!
//! - [`events`]: what happened, read from the file.
//! - [`rows`]: which process is drawn in which row.
//! - [`drawing`]: the SVG.
//! - [`words`]: the title and the description, for who does not see it.

pub mod drawing;
pub mod events;
pub mod rows;
pub mod words;

use lesson::Language;

use events::Run;

/// Draws the events that a run wrote to its `LESSON_TIMELINE`; `None` if there is no process in them.
pub fn draw(events: &str, language: Language, command: &str) -> Option<String> {
    let run = Run::read(events)?;
    Some(drawing::draw(&run, language, command))
}

/// What a recorded drawing and a new one must have in common: the names of its processes, and how many they are.
///
/// The names without their numbers, each once, in alphabetical order.
pub fn processes(svg: &str) -> Option<(usize, Vec<&str>)> {
    let attribute =
        |name: &str| svg.split_once(&format!("{name}=\""))?.1.split_once('"').map(|it| it.0);
    let count = attribute("data-processes")?.parse().ok()?;
    Some((count, attribute("data-names")?.split(' ').collect()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    /// A parent, a child that sends it a message and is then killed, and one that does a task.
    pub(super) const EVENTS: &str = r#"[
{"ph":"M","name":"process_name","pid":10,"tid":10,"ts":1000,"args":{"name":"queue","parent":"1"}},
{"ph":"B","name":"process","pid":10,"tid":10,"ts":1001,"args":{"detail":"queue"}},
{"ph":"M","name":"process_name","pid":11,"tid":11,"ts":1100,"args":{"name":"Process-1","parent":"10"}},
{"ph":"B","name":"process","pid":11,"tid":11,"ts":1100,"args":{"detail":"Process-1"}},
{"ph":"M","name":"process_name","pid":12,"tid":12,"ts":1100,"args":{"name":"Process-2","parent":"10"}},
{"ph":"B","name":"process","pid":12,"tid":12,"ts":1100,"args":{"detail":"Process-2"}},
{"ph":"B","name":"task","pid":12,"tid":12,"ts":1200,"args":{"detail":""}},
{"ph":"i","name":"receive","pid":10,"tid":10,"ts":1310,"args":{"detail":"3 bytes","content":"ab"}},
{"ph":"i","name":"send","pid":11,"tid":11,"ts":1300,"args":{"detail":"3 bytes","content":"ab"}},
{"ph":"E","name":"task","pid":12,"tid":12,"ts":1400},
{"ph":"E","name":"process","pid":12,"tid":12,"ts":1410},
{"ph":"i","name":"signal","pid":11,"tid":11,"ts":1500,"args":{"detail":"SIGKILL"}},
{"ph":"X","name":"wait","pid":10,"tid":10,"ts":1500,"dur":100,"args":{"detail":"Process-1"}},
{"ph":"i","name":"ended","pid":11,"tid":11,"ts":1600,"args":{"detail":"was killed by signal 9 (SIGKILL)"}},
{"ph":"i","name":"ended","pid":12,"tid":12,"ts":1700,"args":{"detail":"exited with code 0"}},
{"ph":"E","name":"process","pid":10,"tid":10,"ts":2000},
"#;

    #[test]
    fn a_drawing_has_what_happened_in_it() {
        let svg = draw(EVENTS, Language::English, "cargo run -p queue").unwrap();
        assert!(svg.contains("<title>Timeline of cargo run -p queue</title>"), "{svg}");
        for part in [
            "tl-alive",
            "tl-task",
            "tl-wait",
            "tl-message",
            "tl-signal",
            "tl-zombie",
            "SIGKILL",
            "ms<",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert!(svg.contains("Process-1 was killed by signal 9 (SIGKILL)."), "{svg}");
        assert!(svg.contains("1 task and 1 message"), "{svg}");
        assert_eq!(processes(&svg), Some((3, vec!["Process", "queue"])));
        assert!(!svg.contains("\n\n"), "a blank line would end it on a page");
        assert!(svg.contains("currentColor") && !svg.contains('#'), "no colour of its own");
    }

    #[test]
    fn the_description_is_in_the_language_of_the_page() {
        let svg = draw(EVENTS, Language::Japanese, "cargo run -p queue").unwrap();
        assert!(svg.contains("<title>cargo run -p queueのタイムライン</title>"), "{svg}");
        assert!(svg.contains("タスク1個") && svg.contains("待機"), "{svg}");
    }

    #[test]
    fn broken_lines_and_names_with_marks_do_no_harm() {
        let events = format!("{EVENTS}{{\"ph\":\"M\",\"na");
        assert!(draw(&events, Language::English, "x").is_some());
        assert_eq!(draw("[\n", Language::English, "x"), None);
        let svg = draw(&EVENTS.replace("Process-2", "<b>&"), Language::English, "x<y").unwrap();
        assert!(svg.contains("&lt;b&gt;&amp;") && !svg.contains("<b>"), "{svg}");
    }

    #[test]
    fn a_run_of_thousands_of_events_stays_small() {
        let mut events = String::from("[\n");
        for number in 0..500 {
            let (pid, begun) = (100 + number, 1_000 + number * 300);
            let mut add = |ph: &str, name: &str, ts: u64, more: &str| {
                events.push_str(&format!(
                    "{{\"ph\":\"{ph}\",\"name\":\"{name}\",\"pid\":{pid},\"ts\":{ts},\"args\":{{{more}}}}},\n"
                ));
            };
            add(
                "M",
                "process_name",
                begun,
                &format!("\"name\":\"worker\",\"parent\":\"{}\"", pid - 1),
            );
            for task in 0..40 {
                add("B", "task", begun + task * 20, "");
                add(
                    "i",
                    "send",
                    begun + task * 20 + 5,
                    &format!("\"content\":\"{number} {task}\""),
                );
                add(
                    "i",
                    "receive",
                    begun + task * 20 + 9,
                    &format!("\"content\":\"{} {task}\"", number - number % 7),
                );
                add("E", "task", begun + task * 20 + 15, "");
            }
            add("E", "process", begun + 900, "");
        }
        let svg = draw(&events, Language::English, "x").unwrap();
        assert!(svg.len() < 15_000, "{} bytes", svg.len());
        assert_eq!(processes(&svg), Some((500, vec!["worker"])));
    }
}
