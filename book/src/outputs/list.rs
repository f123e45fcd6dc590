//! What `outputs.toml` says: which runs the book shows, and what in them may differ.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use lesson::{Language, text};
use regex::Regex;
use serde::Deserialize;

use super::compare::{Order, Rules};

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Patterns for every run; the numbers in their groups are pids.
    pids: Vec<String>,
    /// The runs.
    #[serde(rename = "output")]
    outputs: Vec<Output>,
}

/// One run that the book shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The recording's file name, without its ending.
    pub id: String,
    /// The package.
    pub package: String,
    bin: Option<String>,
    /// The program's arguments, besides `--lang`.
    #[serde(default)]
    pub args: Vec<String>,
    /// The exit code it must end with.
    #[serde(default)]
    pub code: i32,
    #[serde(default)]
    order: Order,
    /// Patterns whose groups are measured figures; a group's name says which kind.
    #[serde(default)]
    volatile: Vec<String>,
    /// Patterns of whole sentences that are said or not, by what was measured.
    #[serde(default)]
    chosen: Vec<String>,
    /// More patterns for pids, for this run alone.
    #[serde(default)]
    pids: Vec<String>,
    /// Whether a timeline of it is recorded too, for the page.
    #[serde(default)]
    pub timeline: bool,
    /// Whether it measures: writing a timeline would change its figures, so a reader's run draws none.
    #[serde(default)]
    pub measures: bool,
}

impl List {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has a field that nobody knows, or an id twice.
    pub fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = fs::read_to_string(path).with_context(|| shown.to_string())?;
        let list: Self = toml::from_str(&text).with_context(|| shown.to_string())?;
        let mut ids: Vec<&str> = list.outputs.iter().map(|output| &*output.id).collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            let id = twice[0];
            bail!(text!("{shown}: the id {id} is there twice", "{shown}: id {id}が重複しています"));
        }
        Ok(list)
    }

    /// All the runs.
    pub fn all(&self) -> &[Output] {
        &self.outputs
    }

    /// The runs with these ids; all of them if none is given.
    ///
    /// # Errors
    ///
    /// There is no such id: the message lists the known ones.
    pub fn choose(&self, ids: &[String]) -> Result<Vec<&Output>> {
        if ids.is_empty() {
            return Ok(self.outputs.iter().collect());
        }
        let find = |id: &String| {
            self.outputs.iter().find(|output| output.id == *id).with_context(|| {
                let known: Vec<&str> = self.outputs.iter().map(|output| &*output.id).collect();
                let known = known.join(", ");
                text!(
                    "{id}: there is no such output; there are: {known}",
                    "{id}: そのような出力はありません(あるもの: {known})"
                )
            })
        };
        ids.iter().map(find).collect()
    }

    /// How recordings of this run are compared.
    ///
    /// # Errors
    ///
    /// A pattern that is not a regular expression.
    pub fn rules(&self, output: &Output) -> Result<Rules> {
        let compiled = |patterns: &[String]| -> Result<Vec<Regex>> {
            patterns.iter().map(|pattern| Ok(Regex::new(pattern)?)).collect()
        };
        let mut pids = compiled(&self.pids)?;
        pids.extend(compiled(&output.pids)?);
        let chosen = match output.chosen.join(")|(?:") {
            none if none.is_empty() => None,
            // `x`: white space in a pattern does not count, as it does not in the text.
            patterns => Some(Regex::new(&format!("(?x)^(?:(?:{patterns}))+$"))?),
        };
        Ok(Rules { order: output.order, pids, volatile: compiled(&output.volatile)?, chosen })
    }
}

impl Output {
    /// A program that is run without being recorded.
    pub fn of_program(
        id: &str,
        package: &str,
        bin: Option<&str>,
        args: &[String],
        code: i32,
    ) -> Self {
        let [id, package] = [id, package].map(str::to_owned);
        let (bin, args) = (bin.map(str::to_owned), args.to_vec());
        Self { id, package, bin, args, code, ..Self::default() }
    }

    /// Whether measured figures are in what it prints; then how many processes it starts may depend on the machine.
    pub fn varies(&self) -> bool {
        !self.volatile.is_empty()
    }

    /// The binary; a package's default one has the package's name.
    pub fn binary(&self) -> &str {
        self.bin.as_deref().unwrap_or(&self.package)
    }

    /// The program's arguments in a language: English is what it speaks when nothing is said.
    pub fn arguments(&self, language: Language) -> Vec<String> {
        let mut arguments = self.args.clone();
        if language != Language::English {
            arguments.extend(["--lang".to_owned(), language.name().to_owned()]);
        }
        arguments
    }

    /// What a reader types.
    pub fn command(&self, language: Language) -> String {
        let mut command = format!("cargo run -p {}", self.package);
        if self.binary() != self.package {
            command.push_str(&format!(" --bin {}", self.binary()));
        }
        let arguments = self.arguments(language);
        if !arguments.is_empty() {
            command.push_str(&format!(" -- {}", arguments.join(" ")));
        }
        command
    }
}
