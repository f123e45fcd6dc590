//! Which programs may be run: those whose recorded outputs the book shows, as they were recorded.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lesson::Language;

use crate::LANGUAGES;
use crate::outputs::list::List;

/// The programs by language and by the recording's id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    programs: BTreeMap<(&'static str, String), Program>,
}

/// One program with its arguments.
#[derive(Clone, Debug)]
pub struct Program {
    /// What a reader types, after the `$`.
    pub command: String,
    /// What cargo has to build for it: the package and the binary.
    pub built_from: [String; 2],
    /// Where the binary is, once it is built.
    pub binary: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Whether its timeline is drawn. Writing one would change the figures of a program that measures.
    pub timeline: bool,
}

impl Catalogue {
    /// The runs of `outputs.toml`, whose binaries are beside `tool`, the book's own.
    pub fn new(list: &List, tool: &std::path::Path) -> Self {
        let mut catalogue = Self::default();
        for output in list.all() {
            for language in LANGUAGES {
                let program = Program {
                    command: output.command(language),
                    built_from: [output.package.clone(), output.binary().to_owned()],
                    binary: tool.with_file_name(output.binary()),
                    arguments: output.arguments(language),
                    timeline: !output.measures,
                };
                catalogue.add(language, &output.id, program);
            }
        }
        catalogue
    }

    /// Adds one program.
    pub fn add(&mut self, language: Language, id: &str, program: Program) {
        self.programs.insert((language.name(), id.to_owned()), program);
    }

    /// The program that a page means.
    pub fn find(&self, language: Language, id: &str) -> Option<&Program> {
        self.programs.get(&(language.name(), id.to_owned()))
    }

    /// The ids of a language's programs, by what a reader types.
    pub fn commands(&self, language: Language) -> BTreeMap<&str, &str> {
        let of_language = self.programs.iter().filter(|((name, _), _)| *name == language.name());
        of_language.map(|((_, id), program)| (&*program.command, &**id)).collect()
    }
}
