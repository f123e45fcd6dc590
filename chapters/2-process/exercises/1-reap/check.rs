//! Runs an answer, and says what is wrong with it.
//!
//! Nothing is measured in seconds where it can be avoided: each worker waits for a byte from here before it
//! goes on, so those that are there at the same time are seen together, however slow the machine is. The
//! answer stops before its end until its standard input is closed, so its zombies can be counted.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;

use lesson::testing::answer::Answer;
use lesson::testing::seen::{Seen, children_of};
use lesson::testing::{command, numbers};
use lesson::text;

use super::given::CHECKED;

const WORKERS: usize = 5;
const RESULTS: &str = "results: [1, 4, 9, 16, 25]";
/// How long an answer may be silent before the check concludes that it will not start another worker.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long it may take from the last worker's end to the results.
const LONG_PATIENCE: Duration = Duration::from_secs(15);

/// Something that is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Only so many workers were there at the same time.
    Together(usize),
    /// So many workers were no children of the answer, such as threads, or the answer itself.
    NotChildren(usize),
    /// The results are missing or wrong; this is what was written instead, if anything.
    Results(Option<String>),
    /// So many children had ended and were not reaped when the answer was done.
    Zombies(usize),
    /// So many workers were still running when the answer was done.
    StillRunning(usize),
    /// It did not come to its end, or not to a good one: all that it wrote.
    Failed(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Together(most) => text!(
                "at most {most} of {WORKERS} workers ran at the same time: start all of them before you join one",
                "同時に動いたワーカーは{WORKERS}個のうち最大{most}個でした: 全部を開始してからjoinしてください"
            ),
            Self::NotChildren(number) => text!(
                "{number} workers were not processes that the answer started",
                "{number}個のワーカーは、プログラムが開始したプロセスではありませんでした"
            ),
            Self::Results(None) => text!("no results were shown", "結果が表示されませんでした"),
            // The check runs answers in English; the list is the same in both languages.
            Self::Results(Some(line)) => text!(
                "wrong results: {} instead of {}",
                "結果が違います: {}(正しくは{})",
                line.trim_start_matches("results: "),
                RESULTS.trim_start_matches("results: ")
            ),
            Self::Zombies(number) => text!(
                "{number} zombies were left: join every process that you start",
                "ゾンビが{number}個残りました: 開始したプロセスはすべてjoinしてください"
            ),
            Self::StillRunning(number) => text!(
                "{number} workers were still running at the end: join every process that you start",
                "終わりの時点で{number}個のワーカーがまだ実行中でした: 開始したプロセスはすべてjoinしてください"
            ),
            Self::Failed(output) => text!(
                "it failed, or did not end in time. Its output:\n{output}",
                "失敗したか、時間内に終わりませんでした。その出力:\n{output}"
            ),
        })
    }
}

/// Runs the answer at `path`; no problem means that it is right.
///
/// # Errors
///
/// It cannot be started.
pub fn check(path: &Path) -> io::Result<Vec<Problem>> {
    let mut command = command(path, &["--lang", "en"]);
    command.env(CHECKED, "1");
    let mut answer = Answer::start(command)?;
    let mut problems = Vec::new();

    // Each worker waits for a byte; one that is not started meanwhile waits for another's end.
    answer.read_until(PATIENCE, |lines| workers(lines).len() >= WORKERS);
    let together = workers(&answer.lines());
    let children: BTreeSet<u32> = children_of(answer.pid()).iter().map(|child| child.pid).collect();
    if together.len() < WORKERS {
        problems.push(Problem::Together(together.len()));
    }
    match together.difference(&children).count() {
        0 => {}
        number => problems.push(Problem::NotChildren(number)),
    }
    answer.give(&[b'\n'; WORKERS]);

    let is_done = answer.read_until(LONG_PATIENCE, |lines| lines.iter().any(|line| line == "done"));
    let lines = answer.lines();
    let results = lines.iter().find(|line| line.starts_with("results"));
    if results.is_none_or(|results| results != RESULTS) {
        problems.push(Problem::Results(results.cloned()));
    }
    if is_done {
        let children = answer.settled_children(PATIENCE);
        let (zombies, running): (Vec<Seen>, Vec<Seen>) =
            children.into_iter().partition(|child| child.zombie);
        problems.extend((!zombies.is_empty()).then_some(Problem::Zombies(zombies.len())));
        problems.extend((!running.is_empty()).then_some(Problem::StillRunning(running.len())));
    }
    let ended = answer.finish();
    if !is_done || !ended.well() {
        problems.push(Problem::Failed(ended.output));
    }
    Ok(problems)
}

/// The pids of the workers that have said that they are there.
fn workers(lines: &[String]) -> BTreeSet<u32> {
    let said = lines.iter().filter(|line| line.starts_with("worker "));
    said.filter_map(|line| u32::try_from(*numbers(line).get(1)?).ok()).collect()
}
