//! All questions, one after another: each in a process of its own, and a record that grows with every answer.
//!
//! - here: [`run`], and what the reader sees of it.
//! - `ear`: who wants to stop us, and whose child has ended.
//! - `one`: one question in its process: [`answer`].

use std::cell::Cell;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lesson::{Result, print_line, text};
use unicode_width::UnicodeWidthStr;

use crate::record::noise::Listening;
use crate::record::{Asked, Noise, NotMeasured, Question, Record, Why};
use crate::table::{WIDTH, wrap};

mod ear;
mod one;

use ear::Ear;
pub use one::answer;

/// What to measure, and where to put it.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Half a minute instead of three.
    pub quick: bool,
    /// The questions, in the order of [`Question::ALL`].
    pub questions: Vec<Question>,
    /// The record's file.
    pub output: PathBuf,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every question was asked to the end.
    Complete,
    /// By the signal of that number, before. What was measured is kept.
    Stopped(i32),
}

/// Measures and saves after every question. Blocks for minutes; prints as it goes.
///
/// Must be called without other threads.
///
/// # Errors
///
/// The record cannot be saved (it is kept in the folder for temporary files then, if that can be), or something of
/// it could not be measured: what could is saved.
pub fn run(survey: &Survey) -> Result<Ended> {
    let ear = Ear::new()?;
    let mut record = survey.begin();
    introduce(&record);
    let progress = Progress::new(survey);
    let (mut ended, mut saved) = (Ended::Complete, Ok(()));
    for &question in &survey.questions {
        progress.begin(question);
        let began = Instant::now();
        let listening = Listening::begin();
        let outcome = one::ask(question, survey.quick, &ear, || progress.tick(began))?;
        let nothing = Noise { others: 0.0, stolen: 0.0 };
        let noise = listening.map_or(nothing, |listening| listening.end());
        let seconds = (began.elapsed().as_secs_f64() * 10.0).round() / 10.0;
        match outcome {
            one::Outcome::Answers(answers) => {
                let gaps = answers.not_measured.clone();
                record.put(Asked { question, seconds, noise }, answers);
                progress.end(question, seconds, noise, &gaps);
            }
            one::Outcome::Failed(message) => {
                record.forget(question);
                let gap = gap(question, Why::Failed(message));
                progress.end(question, seconds, noise, std::slice::from_ref(&gap));
                record.not_measured.push(gap);
            }
            one::Outcome::Stopped(signal) => {
                ended = Ended::Stopped(signal);
                break;
            }
        }
        saved = record.save(&survey.output);
    }
    progress.clear();
    if ended != Ended::Complete {
        let asked =
            |question: &Question| record.asked.iter().any(|asked| asked.question == *question);
        let left: Vec<_> = survey.questions.iter().copied().filter(|it| !asked(it)).collect();
        record.not_measured.extend(left.into_iter().map(|question| gap(question, Why::Stopped)));
        saved = record.save(&survey.output);
    }
    if let Err(error) = saved {
        return Err(rescue(&record, &error).into());
    }
    conclude(&record, ended, &survey.output)?;
    Ok(ended)
}

fn gap(question: Question, why: Why) -> NotMeasured {
    NotMeasured { question: Some(question), language: None, what: None, why }
}

impl Survey {
    /// The record to add to: the one that is there if only some questions are asked and it is of the same kind.
    fn begin(&self) -> Record {
        let mut record = Record::new(self.quick);
        if self.questions.len() == Question::ALL.len() {
            return record;
        }
        if let Ok(old) = Record::load(&self.output)
            && (old.quick, &old.machine) == (record.quick, &record.machine)
        {
            record = Record { began: record.began, ..old };
        }
        for question in Question::ALL {
            let known = record.asked.iter().any(|asked| asked.question == question)
                || record.not_measured.iter().any(|gap| gap.question == Some(question));
            if !known && !self.questions.contains(&question) {
                record.not_measured.push(gap(question, Why::NotAskedFor));
            }
        }
        for &question in &self.questions {
            record.forget(question);
        }
        record
    }
}

/// Says where it is measured, and what that machine lacks.
fn introduce(record: &Record) {
    let machine = &record.machine;
    let (cpu, cores, kernel) = (&machine.cpu, machine.cores, &machine.kernel);
    let (memory, profile) = (machine.memory, &machine.profile);
    let absent = || text!("absent", "なし");
    let python = machine.python.clone().unwrap_or_else(absent);
    let rustc = machine.rustc.clone().unwrap_or_else(absent);
    say_wrapped(&text!(
        "{cpu}, usable cores: {cores}, {memory} MiB, Linux {kernel}, rustc {rustc} (profile {profile}), Python {python}",
        "{cpu}、使えるコア: {cores}個、{memory} MiB、Linux {kernel}、rustc {rustc}(プロファイル: {profile})、Python {python}"
    ));
    if cores == 1 {
        warn(&text!(
            "only one core may be used here: nothing can be quicker at the same time",
            "使えるコアは1個だけです。同時に実行しても速くはなりません"
        ));
    }
    if let Some(limit) = machine.cpu_limit.filter(|&limit| limit < cores as f64 || cores == 1) {
        warn(&text!(
            "this container may use {limit} cores' worth of time: the figures show that limit as well",
            "このコンテナが使えるのはコア{limit}個分の時間です。計測値にはこの制限も現れます"
        ));
    }
    if machine.python.is_none() {
        warn(&text!(
            "there is no python3 on the PATH: Python is not measured",
            "PATHにpython3がないので、Pythonは計測しません"
        ));
    }
}

/// Says what came of it.
fn conclude(record: &Record, ended: Ended, output: &Path) -> Result {
    let output = output.display();
    print_line("");
    say_wrapped(&text!("Saved in {output}", "保存先: {output}"));
    if !record.quiet() {
        warn(&text!(
            "other programs computed meanwhile: the figures are noisier for it; measure again when less is going on",
            "計測中にほかのプログラムも計算していたため、計測値のばらつきが大きくなっています。\
             空いているときに計測し直してください"
        ));
    }
    if let Ended::Stopped(_) = ended {
        warn(&text!(
            "stopped: what was measured by then is saved",
            "中断しました。それまでの計測結果は保存してあります"
        ));
        return Ok(());
    }
    if record.not_measured.iter().any(|gap| matches!(gap.why, Why::Failed(_))) {
        return Err(text!(
            "not everything could be measured: see above; what could is saved",
            "計測できなかったものがあります(上を参照)。計測できたものは保存してあります"
        )
        .into());
    }
    say_wrapped(&text!(
        "What follows from it: cargo run -p comparison",
        "結果の見方: cargo run -p comparison"
    ));
    Ok(())
}

/// Keeps the record somewhere else; gives what to tell.
fn rescue(record: &Record, error: &dyn std::error::Error) -> String {
    let name = format!("measure-{}.json", std::process::id());
    let elsewhere = std::env::temp_dir().join(name);
    match record.save(&elsewhere) {
        Ok(()) => {
            let elsewhere = elsewhere.display();
            text!(
                "the figures cannot be saved: {error}; they are kept in {elsewhere}: make room and move them",
                "計測結果を保存できません: {error}。{elsewhere}に残したので、空きを作って移してください"
            )
        }
        Err(again) => text!(
            "the figures cannot be saved: {error}; nor elsewhere: {again}; make room and measure again",
            "計測結果を保存できません: {error}。別の場所にも保存できません: {again}。空きを作って計測し直してください"
        ),
    }
}

fn say_wrapped(text: &str) {
    wrap(text, WIDTH).iter().for_each(|line| print_line(line));
}

fn warn(message: &str) {
    let warning = text!("warning: {message}", "警告: {message}");
    for line in wrap(&warning, WIDTH) {
        eprintln!("{line}");
    }
}

/// The bar on a terminal, and a line for each question that is done.
struct Progress {
    bar: ProgressBar,
    /// The budgets of the questions that are done, in milliseconds.
    done: Cell<u64>,
    quick: bool,
    names: usize,
}

impl Progress {
    fn new(survey: &Survey) -> Self {
        let whole: Duration =
            survey.questions.iter().map(|question| question.budget(survey.quick)).sum();
        let target = if stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        // It is drawn when it is told to: a thread that draws is not needed.
        let bar = ProgressBar::with_draw_target(Some(whole.as_millis() as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {msg}") {
            bar.set_style(style);
        }
        let names = Question::ALL.iter().map(|question| question.name().width()).max();
        Self { bar, done: Cell::new(0), quick: survey.quick, names: names.unwrap_or(0) }
    }

    fn begin(&self, question: Question) {
        self.bar.set_message(question.name());
        self.bar.set_prefix(question.name());
    }

    /// Where the bar stands and how much time is left follow from the questions' budgets.
    fn tick(&self, began: Instant) {
        let length = self.bar.length().unwrap_or(0);
        let position = (self.done.get() + began.elapsed().as_millis() as u64).min(length);
        self.bar.set_position(position);
        let left = (length - position).div_ceil(1000);
        let (minutes, seconds, name) = (left / 60, left % 60, self.bar.prefix());
        self.bar.set_message(text!(
            "{minutes}:{seconds:02} left  {name}",
            "残り{minutes}:{seconds:02}  {name}"
        ));
    }

    fn end(&self, question: Question, seconds: f64, noise: Noise, gaps: &[NotMeasured]) {
        self.done.set(self.done.get() + question.budget(self.quick).as_millis() as u64);
        self.bar.set_position(self.done.get());
        let name = question.name();
        let padding = " ".repeat(self.names.saturating_sub(name.width()));
        let percent = (noise.others + noise.stolen) * 100.0;
        let heard = if noise.quiet() {
            text!("quiet", "静か")
        } else {
            text!("noisy: others used {percent:.0}%", "雑音あり: ほかが{percent:.0}%使用")
        };
        self.bar.suspend(|| {
            let time = text!("{seconds:>5.1} s", "{seconds:>5.1}秒");
            print_line(&format!("{name}{padding}  {time}  {heard}"));
            gaps.iter().for_each(|gap| tell_gap(question, gap));
        });
    }

    fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// That there is no Python was said once, at the beginning.
fn tell_gap(question: Question, gap: &NotMeasured) {
    if gap.why == Why::NoPython {
        return;
    }
    let language = gap.language.map(|language| language.name().to_owned());
    let mut what: Vec<String> = language.into_iter().chain(gap.what.clone()).collect();
    if what.is_empty() {
        what.push(question.name().to_owned());
    }
    let (what, why) = (what.join(", "), gap.why.show());
    warn(&text!("not measured: {what}: {why}", "計測していません: {what}: {why}"));
}
