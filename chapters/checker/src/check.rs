//! What the check of an exercise is written with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use lesson::text;

use crate::case::Case;
use crate::ended::Ended;
use crate::problem::{Problem, problem};
use crate::report::listed;
use crate::running::Running;

/// How often a speed-up is measured on a quiet machine until it is given up.
const ROUNDS: usize = 5;
/// How long at most on one that is not.
const MEASURING: Duration = Duration::from_secs(40);
/// A machine is quiet if other programs use less than this share of it.
const QUIET: f64 = 0.25;
/// How long it takes to see whether it is.
const GLANCE: Duration = Duration::from_millis(100);

/// The check of one answer: runs it as often as the exercise wants, and collects what is wrong.
#[derive(Debug)]
pub struct Check {
    program: PathBuf,
    problems: Vec<Problem>,
}

impl Check {
    /// Of the program at `program`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), problems: Vec::new() }
    }

    /// The program that is checked.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// A run of the answer, to be described further.
    pub fn case(&self) -> Case {
        Case::new(&self.program)
    }

    /// Runs the answer to its end, and looks at the rules.
    ///
    /// # Errors
    ///
    /// As [`Case::start`]; so with the others.
    pub fn run(&mut self, case: &Case) -> io::Result<Ended> {
        let running = case.start()?;
        Ok(self.finish(running))
    }

    /// Waits for the end of a run that was started with [`Case::start`], and looks at the rules.
    pub fn finish(&mut self, running: Running) -> Ended {
        let ended = running.finish();
        for problem in &ended.problems {
            self.add(problem.clone());
        }
        ended
    }

    /// Something that only this exercise knows to be wrong. The first of each name is kept.
    pub fn problem(&mut self, name: &str, message: String) {
        self.add(problem(name, message));
    }

    fn add(&mut self, problem: Problem) {
        if !self.problems.iter().any(|known| known.name == problem.name) {
            self.problems.push(problem);
        }
    }

    /// What was wrong so far.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether nothing was wrong so far: a check of many runs may stop at the first that fails.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    /// Standard output is these lines, in this order: else `results`.
    ///
    /// As with the others, nothing is said of a run that did not come to its end: that is its problem.
    pub fn lines<S: AsRef<str>>(&mut self, ended: &Ended, wanted: &[S]) {
        let wanted: Vec<&str> = wanted.iter().map(AsRef::as_ref).collect();
        let found = ended.lines();
        if ended.came_to_its_end() && found != wanted {
            let at =
                found.iter().zip(&wanted).take_while(|(found, wanted)| found == wanted).count();
            let none = text!("(nothing)", "(なし)");
            let show =
                |lines: &[&str]| lines.get(at).map_or(none.clone(), |line| format!("{line:?}"));
            let (found, wanted, line) = (show(&found), show(&wanted), at + 1);
            self.problem(
                "results",
                text!(
                    "line {line} of the output: {found} instead of {wanted}",
                    "出力の{line}行目: {found}(正しくは{wanted})"
                ),
            );
        }
    }

    /// Among the lines of standard output is this one: else `results`.
    pub fn line(&mut self, ended: &Ended, wanted: &str) {
        if ended.came_to_its_end() && !ended.lines().contains(&wanted) {
            // The line that is meant begins with the same words.
            let start = wanted.split([':', '=']).next().unwrap_or_default();
            let similar = ended.lines().into_iter().rfind(|line| line.starts_with(start));
            let message = match similar {
                Some(found) => text!(
                    "wrong: {found:?} instead of {wanted:?}",
                    "結果が違います: {found:?}(正しくは{wanted:?})"
                ),
                None => text!("there is no line {wanted:?}", "{wanted:?}という行がありません"),
            };
            self.problem("results", message);
        }
    }

    /// These are the items that there have to be, each as often, in any order: else `lost`, `duplicated` or `results`.
    pub fn items<T: Ord + Display>(
        &mut self,
        found: impl IntoIterator<Item = T>,
        wanted: impl IntoIterator<Item = T>,
    ) {
        let (found, wanted) = (counted(found), counted(wanted));
        let count = |items: &BTreeMap<T, usize>, item: &T| items.get(item).copied().unwrap_or(0);
        let lost: Vec<&T> =
            wanted.keys().filter(|item| count(&found, item) < count(&wanted, item)).collect();
        let (mut twice, mut strange) = (Vec::new(), Vec::new());
        for (item, number) in &found {
            match count(&wanted, item) {
                0 => strange.push(item),
                wanted if *number > wanted => twice.push(item),
                _ => {}
            }
        }
        if !lost.is_empty() {
            let (number, which) = (lost.len(), listed(&lost));
            self.problem(
                "lost",
                text!("items lost: {number}: {which}", "失われた項目: {number}個: {which}"),
            );
        }
        if !twice.is_empty() {
            let (number, which) = (twice.len(), listed(&twice));
            self.problem(
                "duplicated",
                text!(
                    "items that came more than once: {number}: {which}",
                    "重複した項目: {number}個: {which}"
                ),
            );
        }
        if !strange.is_empty() {
            let which = listed(&strange);
            self.problem(
                "results",
                text!("items that should not be there: {which}", "あるはずのない項目: {which}"),
            );
        }
    }

    /// These items come in this order: else `order`. Which of them there are is for [`items`](Self::items) to say.
    pub fn order<T: Ord + Display>(&mut self, found: &[T], wanted: &[T]) {
        let both: BTreeSet<&T> = found.iter().filter(|item| wanted.contains(item)).collect();
        // Each where it comes first.
        let keep = |items: &[T]| -> Vec<usize> {
            let mut kept = Vec::new();
            let index = |item: &T| both.iter().position(|&known| known == item);
            for index in items.iter().filter_map(index) {
                if !kept.contains(&index) {
                    kept.push(index);
                }
            }
            kept
        };
        let (ours, theirs) = (keep(wanted), keep(found));
        if ours != theirs {
            let at = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
            let name = |order: &[usize]| {
                let item = order.get(at).and_then(|&index| both.iter().nth(index));
                item.map_or_else(|| text!("nothing", "なし"), |item| item.to_string())
            };
            let (found, wanted) = (name(&theirs), name(&ours));
            self.problem(
                "order",
                text!(
                    "wrong order: {found} came where {wanted} was due",
                    "順序が違います: {wanted}の位置に{found}が来ました"
                ),
            );
        }
    }

    /// At some moment so many of its processes, the main one not counted, were there together: else `together`.
    pub fn together(&mut self, most: usize, wanted: usize) {
        if most < wanted {
            self.problem(
                "together",
                text!(
                    "at most {most} of {wanted} workers ran at the same time: start all of them before you join one",
                    "同時に動いたワーカーは{wanted}個のうち最大{most}個でした: 全部を開始してからjoinしてください"
                ),
            );
        }
    }

    /// `fast` takes at most 1/`ratio` of the time of `slow`: else `speed-up`.
    ///
    /// Both run in turns, up to five times, so that what else the machine does meets both; the best time of each
    /// counts. Where the machine is busy with other things they run more often, for up to 40 seconds, and the
    /// message says so. On a machine with one core it is said that this cannot be checked.
    ///
    /// # Errors
    ///
    /// As [`Case::start`].
    pub fn faster(&mut self, slow: &Case, fast: &Case, ratio: f64) -> io::Result<()> {
        if available_parallelism().map_or(1, usize::from) < 2 {
            // Not among the results: a machine may read those.
            eprintln!(
                "{}",
                text!(
                    "not checked: the speed-up, because this machine has one core",
                    "検査しなかったもの: 速度向上率(このマシンはコアが一つのため)"
                )
            );
            return Ok(());
        }
        let begun = Instant::now();
        let (mut slowest, mut fastest) = (f64::INFINITY, f64::INFINITY);
        let (mut quiet, mut told) = (0, false);
        // Rounds in which the machine had other things to do count less: there may be more of them.
        while quiet < ROUNDS && begun.elapsed() < MEASURING {
            quiet += usize::from(busy_elsewhere() < QUIET);
            for (case, best) in [(slow, &mut slowest), (fast, &mut fastest)] {
                let ended = self.run(case)?;
                if !ended.came_to_its_end() {
                    return Ok(());
                }
                *best = best.min(ended.seconds());
            }
            if slowest / fastest >= ratio {
                return Ok(());
            }
            // For who sits there and waits.
            if !told && io::stderr().is_terminal() {
                told = true;
                eprintln!(
                    "{}",
                    text!(
                        "not fast enough yet: measuring again, for up to 40 seconds",
                        "まだ目標の速さに届きません。最長40秒間、計測を繰り返します"
                    )
                );
            }
        }
        let reached = slowest / fastest;
        let mut message = text!(
            "{reached:.2} times faster ({slowest:.2} s → {fastest:.2} s); wanted: {ratio:.2}; \
             have each worker print when it begins and ends: who has nothing to do, and why?",
            "速度向上率は{reached:.2}倍でした({slowest:.2}秒 → {fastest:.2}秒)。目標は{ratio:.2}倍です。\
             各ワーカーの開始と終了を表示して、手の空いているワーカーとその理由を調べてください"
        );
        if quiet < ROUNDS {
            message += &text!(
                "; but the machine was busy with other things: end them and check again",
                "。ただし、マシンがほかの処理で混んでいました。それらを終了してから、もう一度検査してください"
            );
        }
        self.problem("speed-up", message);
        Ok(())
    }
}

/// The share of the machine's processors that is in use at this moment, while nothing of ours runs: from 0 to 1.
fn busy_elsewhere() -> f64 {
    // User, nice, system, idle, I/O wait, … in ticks (`proc_stat(5)`).
    let ticks = || -> Vec<f64> {
        let text = fs::read_to_string("/proc/stat").unwrap_or_default();
        let numbers = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
        numbers.filter_map(|number| number.parse().ok()).collect()
    };
    let before = ticks();
    thread::sleep(GLANCE);
    let passed: Vec<f64> =
        ticks().into_iter().zip(before).map(|(after, before)| after - before).collect();
    let idle: f64 = passed.iter().skip(3).take(2).sum();
    let all: f64 = passed.iter().take(8).sum();
    if all > 0.0 { 1.0 - idle / all } else { 0.0 }
}

fn counted<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counted = BTreeMap::new();
    for item in items {
        *counted.entry(item).or_insert(0) += 1;
    }
    counted
}
