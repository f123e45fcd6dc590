//! Whether two outputs say the same: the same words and figures, and the same *relations* between pids.
//!
//! A pid is a new number in every run, but a pid that is the same as another one in the recording must be
//! the same now, and one that is different must be different. So the comparison looks for a one-to-one
//! match of the pids that makes the outputs equal. What is measured (a pattern says what) is not compared.
//! A sentence that a program says or not, by what it measured, may come and go if the list has it in full.
//! Everything else must be equal to the letter.

use std::collections::HashMap;

use regex::Regex;
use serde::Deserialize;

/// Whether the lines come in one order, or in any.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// As recorded.
    #[default]
    Exact,
    /// Several processes write at once: the same lines, as often, in any order.
    Unordered,
}

/// What in an output may differ from run to run.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whether lines may change places.
    pub order: Order,
    /// The whole numbers within these patterns' groups are pids.
    pub pids: Vec<Regex>,
    /// These patterns' groups are measured; a group's name says what it is.
    pub volatile: Vec<Regex>,
    /// One or more sentences that are said or not, by what was measured: without any white space, which may be a
    /// line break.
    pub chosen: Option<Regex>,
}

/// A line with its pids taken out: where one was, there is [`HOLE`].
#[derive(Debug)]
struct Line {
    words: String,
    pids: Vec<String>,
}

/// No program prints this character.
const HOLE: char = '\0';

/// The search for a match of pids gives up after this many steps; real outputs need a few dozen.
const STEPS: usize = 200_000;

/// Compares two outputs.
///
/// # Errors
///
/// The differing lines, with `-` for the recording and `+` for now.
pub fn compare(recorded: &str, now: &str, rules: &Rules) -> Result<(), String> {
    let [mut recorded, mut now] = [recorded, now].map(|text| {
        rules.without_chosen(text).into_iter().map(|line| rules.read(line)).collect::<Vec<_>>()
    });
    let same = match rules.order {
        Order::Exact => numbered(&recorded) == numbered(&now),
        Order::Unordered => {
            // The command line comes first, always.
            let first = |lines: &[Line]| lines.first().map(|line| line.words.clone());
            first(&recorded) == first(&now)
                && recorded.len() == now.len()
                && Match::new(&now).covers(&recorded, &mut STEPS.clone())
        }
    };
    if same {
        return Ok(());
    }
    if rules.order == Order::Unordered {
        recorded.sort_by(|left, right| left.words.cmp(&right.words));
        now.sort_by(|left, right| left.words.cmp(&right.words));
    }
    Err(difference(&numbered(&recorded), &numbered(&now)))
}

impl Rules {
    /// The lines, except those that are made of chosen sentences and nothing else.
    fn without_chosen<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let lines: Vec<&str> = text.lines().collect();
        let Some(chosen) = &self.chosen else { return lines };
        let blank = |line: &str| line.trim().is_empty();
        let (mut kept, mut at) = (Vec::new(), 0);
        while at < lines.len() {
            let is_chosen = |&end: &usize| {
                let run = &lines[at..end];
                let inside = !blank(run[0]) && !blank(run[run.len() - 1]);
                inside && chosen.is_match(&run.concat().split_whitespace().collect::<String>())
            };
            match (at + 1..=lines.len()).rev().find(is_chosen) {
                Some(end) => at = end,
                None => {
                    kept.push(lines[at]);
                    at += 1;
                }
            }
        }
        kept
    }

    fn read(&self, line: &str) -> Line {
        // Where something is replaced, by what; a hole for a pid.
        let mut cuts: Vec<(usize, usize, String)> = Vec::new();
        for pattern in &self.volatile {
            for found in pattern.captures_iter(line) {
                for (group, name) in found.iter().zip(pattern.capture_names()).skip(1) {
                    if let Some(group) = group {
                        let kind = format!("<{}>", name.unwrap_or("number"));
                        cuts.push((group.start(), group.end(), kind));
                    }
                }
            }
        }
        for pattern in &self.pids {
            for group in pattern.captures_iter(line).flat_map(|found| groups(&found)) {
                cuts.extend(
                    numbers(&line[group.0..group.1])
                        .map(|(start, end)| (group.0 + start, group.0 + end, HOLE.to_string())),
                );
            }
        }
        // Stable: where two patterns meet, what is measured wins over what is a pid.
        cuts.sort_by_key(|cut| cut.0);
        let (mut words, mut pids, mut done) = (String::new(), Vec::new(), 0);
        for (start, end, with) in cuts {
            if start < done {
                continue;
            }
            words.push_str(&line[done..start]);
            words.push_str(&with);
            if with.starts_with(HOLE) {
                pids.push(line[start..end].to_owned());
            }
            done = end;
        }
        words.push_str(&line[done..]);
        Line { words, pids }
    }
}

fn groups(found: &regex::Captures<'_>) -> Vec<(usize, usize)> {
    found.iter().skip(1).flatten().map(|group| (group.start(), group.end())).collect()
}

/// Where the whole numbers of a text are.
fn numbers(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len())
        .filter(move |&at| digit(at) && (at == 0 || !digit(at - 1)))
        .map(move |start| (start, (start..).find(|&at| !digit(at)).unwrap_or(start)))
}

/// The lines with each pid named by its first appearance: `<pid 1>`, `<pid 2>`, …
fn numbered(lines: &[Line]) -> Vec<String> {
    let mut names = HashMap::new();
    let name = |line: &Line| {
        let mut pids = line.pids.iter();
        let mut text = String::new();
        for character in line.words.chars() {
            match pids.as_slice().first().filter(|_| character == HOLE) {
                Some(pid) => {
                    pids.next();
                    let next = names.len() + 1;
                    let number = *names.entry(pid.clone()).or_insert(next);
                    text.push_str(&format!("<pid {number}>"));
                }
                None => text.push(character),
            }
        }
        text
    };
    lines.iter().map(name).collect()
}

/// A search for a one-to-one match of the recording's lines and pids with those of now.
struct Match<'a> {
    now: &'a [Line],
    used: Vec<bool>,
    forth: HashMap<&'a str, &'a str>,
    back: HashMap<&'a str, &'a str>,
}

impl<'a> Match<'a> {
    fn new(now: &'a [Line]) -> Self {
        Self { now, used: vec![false; now.len()], forth: HashMap::new(), back: HashMap::new() }
    }

    /// Whether every line of `recorded` has a partner of its own; tries them in turn and goes back.
    fn covers(&mut self, recorded: &'a [Line], steps: &mut usize) -> bool {
        let Some((line, rest)) = recorded.split_first() else { return true };
        for (at, partner) in self.now.iter().enumerate() {
            if self.used[at] || partner.words != line.words || *steps == 0 {
                continue;
            }
            *steps -= 1;
            if let Some(new) = self.pair(line, partner) {
                self.used[at] = true;
                if self.covers(rest, steps) {
                    return true;
                }
                self.used[at] = false;
                self.part(&new);
            }
        }
        false
    }

    /// Pairs the pids of two lines; gives the new pairs, or `None` if one has another partner already.
    fn pair(&mut self, line: &'a Line, partner: &'a Line) -> Option<Vec<(&'a str, &'a str)>> {
        let mut new = Vec::new();
        for (one, other) in line.pids.iter().zip(&partner.pids) {
            match (self.forth.get(one.as_str()), self.back.get(other.as_str())) {
                (Some(&to), Some(&from)) if to == other && from == one => {}
                (None, None) => {
                    self.forth.insert(one, other);
                    self.back.insert(other, one);
                    new.push((one.as_str(), other.as_str()));
                }
                _ => {
                    self.part(&new);
                    return None;
                }
            }
        }
        Some(new)
    }

    fn part(&mut self, pairs: &[(&'a str, &'a str)]) {
        for (one, other) in pairs {
            self.forth.remove(one);
            self.back.remove(other);
        }
    }
}

/// The two texts as one, by their longest common subsequence: `-` only recorded, `+` only now.
fn difference(recorded: &[String], now: &[String]) -> String {
    // `common[i][j]`: how many lines `recorded[i..]` and `now[j..]` have in common.
    let mut common = vec![vec![0; now.len() + 1]; recorded.len() + 1];
    for i in (0..recorded.len()).rev() {
        for j in (0..now.len()).rev() {
            common[i][j] = if recorded[i] == now[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut lines, mut i, mut j) = (Vec::new(), 0, 0);
    while i < recorded.len() || j < now.len() {
        if i < recorded.len() && j < now.len() && recorded[i] == now[j] {
            lines.push(format!("  {}", recorded[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == now.len() || i < recorded.len() && common[i + 1][j] >= common[i][j + 1] {
            lines.push(format!("- {}", recorded[i]));
            i += 1;
        } else {
            lines.push(format!("+ {}", now[j]));
            j += 1;
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: &str = "$ cargo run -p x
Process 0 running (PID: 101)
Process 1 running (PID: 102)
Process 0 (PID: 101) exited with code 0
Process 1 (PID: 102) exited with code 0
Result: [1, 4]
It took 1.25 s";

    fn rules(order: Order) -> Rules {
        let regexes = |pattern| vec![Regex::new(pattern).unwrap()];
        Rules {
            order,
            pids: regexes(r"\bPIDs?: ([\d, ]+)"),
            volatile: regexes(r"took (?<time>[\d.]+) s"),
            chosen: None,
        }
    }

    fn verdicts(now: &str) -> [bool; 2] {
        [Order::Exact, Order::Unordered].map(|order| compare(RECORDED, now, &rules(order)).is_ok())
    }

    /// The recording with one thing changed, everywhere it is.
    fn planted(old: &str, new: &str) -> String {
        assert!(RECORDED.contains(old), "nothing to change");
        RECORDED.replace(old, new)
    }

    #[test]
    fn other_pids_and_another_time_are_the_same_output() {
        let now = planted("101", "77").replace("102", "4000").replace("1.25", "0.9");
        assert_eq!(verdicts(&now), [true, true]);
    }

    #[test]
    fn pids_that_change_places_are_the_same_output() {
        let now = planted("101", "@").replace("102", "101").replace('@', "102");
        assert_eq!(verdicts(&now), [true, true]);
    }

    #[test]
    fn a_changed_word_is_found() {
        assert_eq!(verdicts(&planted("exited", "stopped")), [false, false]);
    }

    #[test]
    fn a_pid_that_was_distinct_and_is_reused_is_found() {
        assert_eq!(verdicts(&planted("102", "101")), [false, false]);
    }

    #[test]
    fn a_pid_that_was_the_same_and_is_distinct_is_found() {
        assert_eq!(verdicts(&planted("1 (PID: 102)", "1 (PID: 103)")), [false, false]);
    }

    #[test]
    fn pids_given_to_the_wrong_lines_are_found() {
        let now = planted("0 (PID: 101)", "0 (PID: x)").replace("1 (PID: 102)", "1 (PID: 101)");
        assert_eq!(verdicts(&now.replace("PID: x", "PID: 102")), [false, false]);
    }

    #[test]
    fn a_missing_line_is_found() {
        assert_eq!(verdicts(&planted("Result: [1, 4]\n", "")), [false, false]);
    }

    #[test]
    fn an_extra_line_is_found() {
        assert_eq!(verdicts(&format!("{RECORDED}\nResult: [1, 4]")), [false, false]);
    }

    #[test]
    fn a_wrong_order_is_found_only_where_the_order_is_exact() {
        let [one, two] = ["Process 0 running (PID: 101)\n", "Process 1 running (PID: 102)\n"];
        let now = planted(&format!("{one}{two}"), &format!("{two}{one}"));
        assert_eq!(verdicts(&now), [false, true]);
    }

    #[test]
    fn a_wrong_digit_that_is_neither_pid_nor_time_is_found() {
        assert_eq!(verdicts(&planted("[1, 4]", "[1, 5]")), [false, false]);
        assert_eq!(verdicts(&planted("code 0", "code 1")), [false, false]);
    }

    #[test]
    fn another_command_is_found() {
        assert_eq!(verdicts(&planted("-p x", "-p y")), [false, false]);
    }

    #[test]
    fn lines_that_differ_only_in_their_pids_are_matched_whichever_comes_first() {
        let recorded = "a PID: 1\na PID: 2\nb PID: 1";
        let now = "a PID: 9\na PID: 8\nb PID: 8";
        assert_eq!(compare(recorded, now, &rules(Order::Unordered)), Ok(()));
        assert!(compare(recorded, now, &rules(Order::Exact)).is_err());
        assert!(
            compare(recorded, "a PID: 9\na PID: 8\nb PID: 7", &rules(Order::Unordered)).is_err()
        );
    }

    #[test]
    fn a_list_of_pids_is_many_pids() {
        let order = rules(Order::Exact);
        assert_eq!(compare("PIDs: 1, 2, 1", "PIDs: 5, 6, 5", &order), Ok(()));
        assert!(compare("PIDs: 1, 2, 1", "PIDs: 5, 6, 6", &order).is_err());
    }

    #[test]
    fn the_difference_shows_both_sides() {
        let difference = compare("a\nb 1\nc", "a\nb 2\nc", &rules(Order::Exact));
        assert_eq!(difference, Err("  a\n- b 1\n+ b 2\n  c".to_owned()));
    }
    #[test]
    fn a_chosen_sentence_may_come_and_go_and_break_anywhere() {
        let chosen = Regex::new(r"(?x)^(?:(?:It was quiet\.)|(?:(?:no|\d+) verdicts?))+$");
        let rules = Rules { chosen: Some(chosen.unwrap()), ..rules(Order::Exact) };
        let same = |now: &str| compare("a 1\n\n  no verdict\nb", now, &rules).is_ok();
        for now in ["a 1\n\nb", "a 1\n\n3\nverdicts\nb", "a 1\n\nIt was\nquiet. no verdict\nb"] {
            assert!(same(now), "{now}");
        }
        let planted =
            ["a 1\nb", "a 1\n\nno verdict!\nb", "a 1\n\nverdict\nb", "a 2\n\nno verdict\nb"];
        for now in planted {
            assert!(!same(now), "{now}");
        }
    }
}
