//! The options of a program of this book.
//!
//! A handful of numbers, flags and names with a help text in two languages: too little for an argument
//! parser with derived code, which would double the time a chapter takes to build.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::RangeInclusive;

use lexopt::prelude::{Long, Short, Value};

use crate::{Language, set_language, text};

/// What a program is for and which options it takes, besides `--lang` and `--help`.
#[derive(Clone, Debug)]
pub struct Options {
    about: [&'static str; 2],
    options: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    name: &'static str,
    help: [&'static str; 2],
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Flag,
    Number { default: usize, range: RangeInclusive<usize> },
    Text { placeholder: &'static str },
    Operand { required: bool },
}

/// What the reader gave on the command line.
#[derive(Clone, Debug, Default)]
pub struct Given {
    flags: Vec<&'static str>,
    numbers: BTreeMap<&'static str, usize>,
    texts: BTreeMap<&'static str, String>,
}

/// What a command line asks for.
#[derive(Debug)]
pub(crate) enum Request {
    Run(Given),
    Help(String),
}

impl Options {
    /// A program that shows what `english` (and `japanese`) says.
    pub fn new(english: &'static str, japanese: &'static str) -> Self {
        Self { about: [english, japanese], options: Vec::new() }
    }

    /// Adds `--NAME N`, a whole number within `range`, `default` when it is not given.
    pub fn number(
        self,
        name: &'static str,
        default: usize,
        range: RangeInclusive<usize>,
        english: &'static str,
        japanese: &'static str,
    ) -> Self {
        self.with(name, [english, japanese], Kind::Number { default, range })
    }

    /// Adds `--NAME`, which is given or not.
    pub fn flag(self, name: &'static str, english: &'static str, japanese: &'static str) -> Self {
        self.with(name, [english, japanese], Kind::Flag)
    }

    /// Adds `--NAME PLACEHOLDER`, a text such as a file's path.
    pub fn text(
        self,
        name: &'static str,
        placeholder: &'static str,
        english: &'static str,
        japanese: &'static str,
    ) -> Self {
        self.with(name, [english, japanese], Kind::Text { placeholder })
    }

    /// Adds NAME, an argument without a flag in front that has to be given, such as a file's path.
    pub fn operand(
        self,
        name: &'static str,
        english: &'static str,
        japanese: &'static str,
    ) -> Self {
        self.with(name, [english, japanese], Kind::Operand { required: true })
    }

    /// Adds NAME, an argument without a flag in front that may be left out.
    pub fn optional(
        self,
        name: &'static str,
        english: &'static str,
        japanese: &'static str,
    ) -> Self {
        self.with(name, [english, japanese], Kind::Operand { required: false })
    }

    fn with(mut self, name: &'static str, help: [&'static str; 2], kind: Kind) -> Self {
        self.options.push(Known { name, help, kind });
        self
    }

    /// Reads a command line (without the program's name) and the environment's `LESSON_LANG`.
    ///
    /// # Errors
    ///
    /// A message for the reader, in the language known so far, that says what is wrong and what to do.
    pub(crate) fn read(
        &self,
        arguments: impl IntoIterator<Item = OsString>,
        lesson_lang: Option<OsString>,
    ) -> Result<Request, String> {
        if let Some(name) = lesson_lang {
            choose_language("LESSON_LANG=", &name.to_string_lossy())?;
        }
        let mut given = Given::default();
        for known in &self.options {
            if let Kind::Number { default, .. } = known.kind {
                given.numbers.insert(known.name, default);
            }
        }
        let mut help = false;
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            match argument {
                Long("help") | Short('h') => help = true,
                Long("lang") => choose_language("--lang ", &value(&mut parser, "lang")?)?,
                Long(name) => match self.options.iter().find(|known| known.is_flag(name)) {
                    Some(known) => known.read(&mut parser, &mut given)?,
                    None => return Err(unknown(&format!("--{name}"))),
                },
                Short(letter) => return Err(unknown(&format!("-{letter}"))),
                Value(value) => {
                    let value = value.to_string_lossy().into_owned();
                    match self.operands(false).find(|name| !given.texts.contains_key(name)) {
                        Some(name) => _ = given.texts.insert(name, value),
                        None => return Err(unknown(&value)),
                    }
                }
            }
        }
        let missing = |name: &&str| !help && !given.texts.contains_key(name);
        if let Some(name) = self.operands(true).find(missing) {
            return Err(text!(
                "{name} is missing: see --help (with cargo run: -- --help)",
                "{name}がありません(--helpを参照。cargo runでは-- --help)"
            ));
        }
        Ok(if help { Request::Help(self.help()) } else { Request::Run(given) })
    }

    /// The arguments without a flag; only those that have to be given, if asked for.
    fn operands(&self, only_required: bool) -> impl Iterator<Item = &'static str> {
        let wanted = move |known: &&Known| matches!(known.kind, Kind::Operand { required } if required || !only_required);
        self.options.iter().filter(wanted).map(|known| known.name)
    }

    fn help(&self) -> String {
        let language = crate::language() as usize;
        let mut rows: Vec<(String, &str)> = self
            .options
            .iter()
            .map(|known| {
                let left = match &known.kind {
                    Kind::Flag => format!("--{}", known.name),
                    Kind::Number { .. } => format!("--{} N", known.name),
                    Kind::Operand { .. } => known.name.to_owned(),
                    Kind::Text { placeholder } => format!("--{} {placeholder}", known.name),
                };
                (left, known.help[language])
            })
            .collect();
        let standard = [
            ("--lang en|ja", ["the language of the output", "出力の言語"]),
            ("--help", ["this help", "このヘルプ"]),
        ];
        rows.extend(standard.map(|(left, help)| (left.to_owned(), help[language])));
        let width = rows.iter().map(|(left, _)| left.len()).max().unwrap_or(0);
        let mut help =
            format!("{}\n\n{}\n", self.about[language], text!("Options:", "オプション:"));
        for (left, right) in rows {
            help.push_str(&format!("  {left:width$}  {right}\n"));
        }
        help
    }
}

impl Known {
    fn is_flag(&self, name: &str) -> bool {
        self.name == name && !matches!(self.kind, Kind::Operand { .. })
    }

    fn read(&self, parser: &mut lexopt::Parser, given: &mut Given) -> Result<(), String> {
        let name = self.name;
        match &self.kind {
            Kind::Flag => given.flags.push(name),
            // An operand has no flag that could bring it here.
            Kind::Text { .. } | Kind::Operand { .. } => {
                given.texts.insert(name, value(parser, name)?);
            }
            Kind::Number { range, .. } => {
                let (least, most) = (range.start(), range.end());
                let wrong = value(parser, name)?;
                let number = wrong.parse().ok().filter(|number| range.contains(number));
                let number = number.ok_or_else(|| {
                    text!(
                        "--{name} {wrong}: give a whole number from {least} to {most}",
                        "--{name} {wrong}: {least}から{most}までの整数を指定してください"
                    )
                })?;
                given.numbers.insert(name, number);
            }
        }
        Ok(())
    }
}

impl Given {
    /// The value of an option made by [`Options::number`].
    ///
    /// # Panics
    ///
    /// If the program's options have no number of that name.
    pub fn number(&self, name: &str) -> usize {
        self.numbers[name]
    }

    /// Whether a flag made by [`Options::flag`] was given.
    pub fn flag(&self, name: &str) -> bool {
        self.flags.contains(&name)
    }

    /// The value of an option made by [`Options::text`], [`Options::operand`] or [`Options::optional`], if it was given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }
}

fn choose_language(source: &str, name: &str) -> Result<(), String> {
    let language = Language::from_name(name).ok_or_else(|| {
        text!(
            "{source}{name}: this book speaks en (English) and ja (Japanese)",
            "{source}{name}: この本で使える言語はen(英語)とja(日本語)です"
        )
    })?;
    set_language(language);
    Ok(())
}

fn value(parser: &mut lexopt::Parser, name: &str) -> Result<String, String> {
    let missing = || {
        text!(
            "--{name} wants a value: see --help (with cargo run: -- --help)",
            "--{name}には値が必要です(--helpを参照。cargo runでは-- --help)"
        )
    };
    let value = parser.value().map_err(|_| missing())?;
    Ok(value.to_string_lossy().into_owned())
}

fn unknown(argument: &str) -> String {
    text!(
        "{argument}: there is no such option: see --help (with cargo run: -- --help)",
        "{argument}: そのようなオプションはありません(--helpを参照。cargo runでは-- --help)"
    )
}
