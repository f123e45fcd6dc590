//! What can be wrong with an answer.

use std::fmt;

use lesson::text;
use nix::sys::signal::Signal;

use crate::report::{Left, Report, Stopped, listed};

/// Something that is wrong with an answer: a name for machines, a message for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// One of [`RULES`], or a name that the exercise's check gave.
    pub name: String,
    /// What happened and what to do about it, in the reader's language.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// The names of the problems that every run of every answer is looked at for.
pub const RULES: [&str; 12] = [
    "not-started",
    "zombies",
    "orphans",
    "outliving",
    "descriptors",
    "shared-memory",
    "deadlock",
    "deadline",
    "processes",
    "memory",
    "output",
    "failed",
];

pub(crate) fn problem(name: &str, message: String) -> Problem {
    Problem { name: name.to_owned(), message }
}

/// What the rules say of one run.
pub(crate) fn of_report(report: &Report, stderr: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(error) = &report.not_started {
        problems.push(problem(
            "not-started",
            text!("the program cannot be started: {error}", "プログラムを開始できません: {error}"),
        ));
        return problems;
    }
    problems.extend(report.stopped.as_ref().and_then(of_stop));
    if report.stopped.is_none() {
        problems.extend(of_end(report, stderr));
    }
    if !report.zombies.is_empty() {
        let (number, pids) = (report.zombies.len(), listed(&report.zombies));
        problems.push(problem(
            "zombies",
            text!(
                "zombies left: {number} (PID {pids}): they have ended, and nobody asked how; join every process that you start",
                "ゾンビが{number}個残りました(PID {pids}): 終了したのに回収されていません。開始したプロセスはすべてjoinしてください"
            ),
        ));
    }
    if !report.outliving.is_empty() {
        let (number, which) = (report.outliving.len(), shown(&report.outliving));
        problems.push(problem(
            "outliving",
            text!(
                "processes that outlived the main one: {number}: {which}; end and join every process that you start",
                "親プロセスの終了後も動いていたプロセス: {number}個: {which}。開始したプロセスはすべて終了させ、joinしてください"
            ),
        ));
    }
    if !report.orphans.is_empty() {
        let (number, which) = (report.orphans.len(), shown(&report.orphans));
        problems.push(problem(
            "orphans",
            text!(
                "orphans: {number}: {which}: the process that started them ended first, so nobody joins them; let it end them, or have them die with it",
                "孤児プロセス: {number}個: {which}。開始したプロセスが先に終わったため、joinする相手がいません。先に終了させるか、親とともに終了するよう設定してください"
            ),
        ));
    }
    let held: Vec<&String> =
        report.outliving.iter().chain(&report.orphans).flat_map(|it| &it.shared).collect();
    if !held.is_empty() {
        let which = listed(&held);
        problems.push(problem(
            "shared-memory",
            text!(
                "shared memory still held by processes that were left: {which}",
                "残ったプロセスが共有メモリを持ったままです: {which}"
            ),
        ));
    }
    if !report.descriptors.is_empty() {
        let which = report.descriptors.join("; ");
        problems.push(problem(
            "descriptors",
            text!(
                "descriptors still open at the end: {which}: drop what you no longer need",
                "終わりまで開いたままのファイルディスクリプタ: {which}。不要になったらdropしてください"
            ),
        ));
    }
    if !report.immortal.is_empty() {
        let which = listed(&report.immortal);
        problems.push(problem(
            "outliving",
            text!("processes that cannot be ended: {which}", "終了させられないプロセス: {which}"),
        ));
    }
    problems
}

fn of_stop(stopped: &Stopped) -> Option<Problem> {
    let under =
        |lines: &[String]| lines.iter().map(|line| format!("\n    {line}")).collect::<String>();
    Some(match stopped {
        Stopped::Told => return None,
        Stopped::Deadlock(lines) => {
            let lines = under(lines);
            problem(
                "deadlock",
                text!(
                    "deadlock: every process waits, and none can go on:{lines}",
                    "デッドロック: どのプロセスも待っていて、先へ進めません:{lines}"
                ),
            )
        }
        Stopped::Deadline(lines) => {
            let lines = under(lines);
            problem(
                "deadline",
                text!("it did not end in time:{lines}", "時間内に終わりませんでした:{lines}"),
            )
        }
        Stopped::Processes(number) => problem(
            "processes",
            text!(
                "too many processes at the same time: {number}",
                "同時に動くプロセスが多すぎます: {number}個"
            ),
        ),
        Stopped::Tasks(number) => problem(
            "processes",
            text!(
                "too many threads and zombies at the same time: {number}, with the processes",
                "スレッドとゾンビが多すぎます: プロセスと合わせて同時に{number}個"
            ),
        ),
        Stopped::Memory(bytes) => {
            let mebibytes = bytes >> 20;
            problem(
                "memory",
                text!(
                    "too much memory: {mebibytes} MiB in all its processes; what do several of them hold?",
                    "メモリの使いすぎ: 全プロセスの合計で{mebibytes} MiB。複数のプロセスが重ねて持っているものはありませんか"
                ),
            )
        }
    })
}

fn of_end(report: &Report, stderr: &str) -> Option<Problem> {
    let said = stderr.trim();
    let said = if said.is_empty() { String::new() } else { format!("\n    {}", tail(said)) };
    match (report.code, report.signal) {
        (Some(0), _) => None,
        (_, Some(libc::SIGSYS)) => Some(problem(
            "failed",
            text!(
                "it was ended: it signalled the checker, or every process of this user",
                "検査プログラム、またはこのユーザーの全プロセスにシグナルを送ろうとしたため、終了させました"
            ),
        )),
        (Some(code), _) => Some(problem(
            "failed",
            text!("it failed: exit code {code}{said}", "失敗しました: 終了コード{code}{said}"),
        )),
        (None, signal) => {
            let signal = signal.unwrap_or_default();
            let name = Signal::try_from(signal).map_or("?", Signal::as_str);
            let text = text!(
                "it was killed by signal {signal} ({name}){said}",
                "シグナル{signal}({name})で終了しました{said}"
            );
            Some(problem("failed", text))
        }
    }
}

/// The last lines of what a program wrote.
pub(crate) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n    ")
}

fn shown(left: &[Left]) -> String {
    listed(&left.iter().map(Left::shown).collect::<Vec<String>>())
}
