//! What the `main` of each check does.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lesson::{Language, print_line, say, set_language, text};

use crate::built::{Target, build};
use crate::check::Check;
use crate::guard;
use crate::problem::Problem;

/// What a check returns: an error is the machine's, not the answer's.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The exit code for a command line that cannot be understood, as in most Unix tools.
const USAGE: u8 = 2;

/// Where a check belongs: [`check!`](crate::check!) fills it in.
#[derive(Clone, Copy, Debug)]
pub struct Exercise {
    /// The chapter's package.
    pub chapter: &'static str,
    /// The exercise's name, as the test is called.
    pub name: &'static str,
    /// The folder of the chapter.
    pub folder: &'static str,
}

/// Defines the `main` of a check: `checker::check!(check);` with `fn check(check: &mut Check) -> checker::Result`.
#[macro_export]
macro_rules! check {
    ($check:path) => {
        fn main() -> ::std::process::ExitCode {
            let exercise = $crate::Exercise {
                chapter: env!("CARGO_PKG_NAME"),
                name: env!("CARGO_CRATE_NAME"),
                folder: env!("CARGO_MANIFEST_DIR"),
            };
            $crate::main(exercise, $check)
        }
    };
}

/// What the command line asks for.
#[derive(Default)]
struct Asked {
    answer: Option<PathBuf>,
    /// The problems' names only, for machines.
    names: bool,
}

/// Checks the answer that the command line names with `--answer PATH`, else builds the reader's and checks that.
///
/// Exit code 0: solved; 1: not solved; 2: the command line; 3: the machine refused what the checker needs.
pub fn main(exercise: Exercise, check: fn(&mut Check) -> Result) -> ExitCode {
    if let Some(code) = enter_guard() {
        return code;
    }
    let asked = match read(env::args().skip(1)) {
        Ok(asked) => asked,
        Err(message) => {
            tell(&message);
            return ExitCode::from(USAGE);
        }
    };
    let answer = match asked.answer.map_or_else(|| build_answer(exercise), Ok) {
        Ok(answer) => answer,
        Err(message) => {
            tell(&message);
            return ExitCode::FAILURE;
        }
    };
    let mut checking = Check::new(answer);
    if let Err(error) = check(&mut checking) {
        tell(&error.to_string());
        return ExitCode::from(3);
    }
    let problems = checking.problems();
    // Of a program that cannot be started there is nothing else to say.
    let only = problems.iter().find(|it| it.name == "not-started");
    show(only.map_or(problems, std::slice::from_ref), asked.names);
    if checking.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The guard's exit code, if this process was started to be the guard of an answer.
///
/// The checker starts its own executable for that. So whatever starts a [`Case`](crate::Case) calls this first in its `main`;
/// [`main`] does.
pub fn enter_guard() -> Option<ExitCode> {
    guard::enter()
}

/// What an answer wrote may be in a message: it must not command the reader's terminal.
fn harmless(message: &str) -> String {
    message.chars().map(|it| if it.is_control() && it != '\n' { '\u{fffd}' } else { it }).collect()
}

fn show(problems: &[Problem], names: bool) {
    if names {
        for problem in problems {
            print_line(&problem.name);
        }
    } else if problems.is_empty() {
        say!("solved", "正解です");
    } else {
        for problem in problems {
            print_line(&harmless(&format!("- {problem}")));
        }
        say!("not solved yet", "まだ正解ではありません");
    }
}

fn read(mut words: impl Iterator<Item = String>) -> std::result::Result<Asked, String> {
    let mut asked = Asked::default();
    while let Some(word) = words.next() {
        let mut value =
            || words.next().ok_or_else(|| text!("{word} wants a value", "{word}には値が必要です"));
        match word.as_str() {
            "--answer" => {
                asked.answer = Some(std::path::absolute(value()?).map_err(|it| it.to_string())?)
            }
            "--names" => asked.names = true,
            "--lang" => {
                let name = value()?;
                let language = Language::from_name(&name).ok_or_else(|| {
                    text!("--lang {name}: en or ja", "--lang {name}: enまたはjaを指定してください")
                })?;
                set_language(language);
            }
            other => {
                return Err(text!(
                    "{other}: a check takes --answer PATH, --names and --lang en|ja",
                    "{other}: 使えるのは--answer PATH、--names、--lang en|jaです"
                ));
            }
        }
    }
    Ok(asked)
}

fn build_answer(exercise: Exercise) -> std::result::Result<PathBuf, String> {
    let Exercise { chapter, name, folder } = exercise;
    let package = format!("{chapter}-exercises");
    let binary = format!("{chapter}-{}", name.replace('_', "-"));
    let mut built = build(Path::new(folder), &[(package, Target::Binary(binary))])?;
    built.pop().ok_or_else(String::new)
}

fn tell(message: &str) {
    eprintln!("{}: {message}", text!("error", "エラー"));
}
