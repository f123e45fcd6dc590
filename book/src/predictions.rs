//! Whether what the book's questions ask about is so: each program is run many times.
//!
//! `predict.toml` says, for each question in the pages, which program it is about, what is in every run's output,
//! what is in none, and what differs from run to run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use lesson::{Language, say, text};
use regex::Regex;
use serde::Deserialize;

use crate::folder;
use crate::outputs::list::Output;
use crate::outputs::record::record;

/// What to do with the questions.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    #[command(about = text!("Runs the programs that the questions are about, many times.", "問題が扱うプログラムを何度も実行します。"))]
    Check(Which),
}

#[derive(clap::Args, Debug)]
struct Which {
    #[arg(value_name = "ID", help = text!("which ones; without it, all", "対象(省略時はすべて)"))]
    ids: Vec<String>,
    #[arg(long, value_name = "N")]
    #[arg(help = text!("how often each; without it, as predict.toml says", "それぞれの実行回数(省略時はpredict.tomlの値)"))]
    runs: Option<usize>,
}

/// The whole of `predict.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// One for each question in the pages.
    #[serde(rename = "question", default)]
    pub questions: Vec<Question>,
}

/// What must be so for a question's answer to be right.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name in the pages, without `predict-`.
    pub id: String,
    /// The program's package; and its binary, where it is not the package's own name.
    pub package: String,
    bin: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    /// The exit code it must end with.
    #[serde(default)]
    code: i32,
    /// How often it is run.
    runs: usize,
    /// Each is found in every run's output.
    #[serde(default)]
    always: Vec<String>,
    /// None is found in any run's output.
    #[serde(default)]
    never: Vec<String>,
    /// The first group of each is found in every run, and is not the same in all of them.
    #[serde(default)]
    differs: Vec<String>,
}

/// Checks; what is not so is printed, with exit code 1.
///
/// # Errors
///
/// `predict.toml` is wrong, a program cannot be run, or a question's answer is not so.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Action::Check(which) = &arguments.action;
    let list = List::read(&folder().join("predict.toml"))?;
    if let Some(unknown) =
        which.ids.iter().find(|id| !list.questions.iter().any(|question| question.id == **id))
    {
        bail!(text!(
            "{unknown}: there is no such question",
            "{unknown}: そのような問題はありません"
        ));
    }
    let chosen =
        || list.questions.iter().filter(|it| which.ids.is_empty() || which.ids.contains(&it.id));
    xtask::workspace::build(chosen().map(|question| (&*question.package, question.binary())))?;
    let mut wrong = 0;
    for question in chosen() {
        let (id, runs) = (&question.id, which.runs.unwrap_or(question.runs));
        let found = question.check(runs)?;
        if found.is_empty() {
            say!("so in {runs} runs: {id}", "{runs}回とも正しい: {id}");
        }
        wrong += found.len();
        for sentence in found {
            say!("NOT SO: {id}: {sentence}", "誤り: {id}: {sentence}");
        }
    }
    if wrong > 0 {
        bail!(text!(
            "{wrong} claims of predict.toml are not so",
            "predict.tomlの{wrong}件が誤りです"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

impl List {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// It cannot be read, has a field that nobody knows or an id twice, or a question that claims nothing.
    pub fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| shown.to_string())?;
        Self::parse(&text).with_context(|| shown.to_string())
    }

    /// Reads the file's text.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn parse(text: &str) -> Result<Self> {
        let list: Self = toml::from_str(text)?;
        let mut ids = BTreeSet::new();
        for question in &list.questions {
            let id = &question.id;
            if !ids.insert(id) {
                bail!(text!("the id {id} is there twice", "id {id}が重複しています"));
            }
            if question.always.is_empty()
                && question.never.is_empty()
                && question.differs.is_empty()
            {
                bail!(text!("{id} claims nothing", "{id}は何も主張していません"));
            }
            for pattern in question.always.iter().chain(&question.never).chain(&question.differs) {
                Regex::new(pattern).with_context(|| id.clone())?;
            }
        }
        Ok(list)
    }
}

impl Question {
    /// The binary; a package's default one has the package's name.
    pub fn binary(&self) -> &str {
        self.bin.as_deref().unwrap_or(&self.package)
    }

    /// Runs the program so often, in English; gives what is not so. With fewer runs than the list asks for,
    /// nothing has to differ yet.
    ///
    /// # Errors
    ///
    /// The program cannot be run, does not end in time, or ends with another exit code.
    pub fn check(&self, runs: usize) -> Result<Vec<String>> {
        let program =
            Output::of_program(&self.id, &self.package, self.bin.as_deref(), &self.args, self.code);
        let outputs: Result<Vec<String>> =
            (0..runs).map(|_| record(&program, Language::English)).collect();
        self.judge(&outputs?)
    }

    /// What is not so, given what the runs have written.
    ///
    /// # Errors
    ///
    /// A pattern is no regular expression, which reading the list has found already.
    pub fn judge(&self, outputs: &[String]) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        for pattern in &self.always {
            let regex = Regex::new(pattern)?;
            if let Some(output) = outputs.iter().find(|output| !regex.is_match(output)) {
                wrong.push(text!(
                    "always {pattern}, but not in:\n{output}",
                    "必ず {pattern} のはずが、ない回がありました:\n{output}"
                ));
            }
        }
        for pattern in &self.never {
            let regex = Regex::new(pattern)?;
            if let Some(output) = outputs.iter().find(|output| regex.is_match(output)) {
                wrong.push(text!(
                    "never {pattern}, but in:\n{output}",
                    "決して {pattern} にならないはずが、なった回がありました:\n{output}"
                ));
            }
        }
        for pattern in &self.differs {
            let regex = Regex::new(pattern)?;
            let group =
                |output| regex.captures(output).and_then(|found| Some(found.get(1)?.as_str()));
            if let Some(output) = outputs.iter().find(|output| group(output).is_none()) {
                wrong.push(text!(
                    "{pattern} is not found in:\n{output}",
                    "{pattern} がない回がありました:\n{output}"
                ));
            } else if outputs.len() >= self.runs
                && outputs.iter().all(|output| group(output) == group(&outputs[0]))
            {
                wrong.push(text!(
                    "{pattern} should differ, but was the same in every run",
                    "{pattern} は回ごとに違うはずが、毎回同じでした"
                ));
            }
        }
        Ok(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(claim: &str) -> Question {
        let text = format!("[[question]]\nid = \"x\"\npackage = \"p\"\nruns = 2\n{claim}\n");
        List::parse(&text).unwrap().questions.remove(0)
    }

    fn wrong(claim: &str, outputs: &[&str]) -> usize {
        let outputs: Vec<String> = outputs.iter().map(ToString::to_string).collect();
        question(claim).judge(&outputs).unwrap().len()
    }

    #[test]
    fn a_claim_that_does_not_hold_in_one_of_the_runs_is_found() {
        let runs = ["a 1\nb", "a 2\nb"];
        assert_eq!(wrong("always = ['(?m)^b$']", &runs), 0);
        assert_eq!(wrong("always = ['a 1']", &runs), 1);
        assert_eq!(wrong("never = ['(?s)b.*a']", &runs), 0);
        assert_eq!(wrong("never = ['a 2']", &runs), 1);
        assert_eq!(wrong(r"differs = ['a (\d)']", &runs), 0);
        assert_eq!(wrong("differs = ['(b)']", &runs), 1);
        assert_eq!(wrong("differs = ['a (1)']", &runs), 1);
    }

    #[test]
    fn nothing_has_to_differ_in_fewer_runs_than_it_takes() {
        assert_eq!(wrong("differs = ['(b)']", &["b"]), 0);
        assert_eq!(wrong("differs = ['(c)']", &["b"]), 1);
    }

    #[test]
    fn a_question_that_claims_nothing_or_is_there_twice_is_refused() {
        let one = "[[question]]\nid = \"x\"\npackage = \"p\"\nruns = 2\n";
        assert!(List::parse(one).is_err());
        let claim = format!("{one}always = ['a']\n");
        assert!(List::parse(&claim).is_ok());
        assert!(List::parse(&format!("{claim}{claim}")).is_err());
        assert!(List::parse(&format!("{one}always = ['(']\n")).is_err());
        assert!(List::parse(&format!("{claim}alwyas = ['a']\n")).is_err());
    }
}
