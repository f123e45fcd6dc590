//! What the tools of this workspace share: two languages, errors on standard error, a closed pipe.
//!
//! The language is decided before the command line is read, so help and errors are in it too.

use std::env;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use anyhow::Result;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Command, Parser};
use lesson::output::is_closed_pipe;
use lesson::{Language, set_language, text};

/// The exit code for a command line that cannot be understood, as in most Unix tools.
const USAGE: u8 = 2;

/// The options that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Shared {
    #[arg(long, global = true, value_name = "en|ja", value_parser = ["en", "ja"], hide_possible_values = true)]
    #[arg(help = text!("the language of the output", "出力の言語"))]
    lang: Option<String>,
    #[arg(long, short, global = true, action = clap::ArgAction::Help)]
    #[arg(help = text!("this help", "このヘルプ"))]
    help: Option<bool>,
}

/// Runs a tool: reads its command line, runs `run` with it, tells errors on standard error.
///
/// An error ends it with exit code 1, a bad command line with 2; a reader that went away (`| head -1`)
/// ends it quietly with 0.
pub fn main<A: Parser>(run: impl FnOnce(A) -> Result<ExitCode>) -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().collect();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        if let Err(message) = decide_language(&arguments) {
            tell(&message);
            return ExitCode::from(USAGE);
        }
        let matches = in_language(A::command()).try_get_matches_from(arguments);
        match matches.and_then(|matches| A::from_arg_matches(&matches)) {
            Ok(arguments) => run(arguments).unwrap_or_else(|error| {
                tell(&format!("{error:#}"));
                ExitCode::FAILURE
            }),
            Err(error) => refuse(&error),
        }
    }));
    outcome.unwrap_or_else(|payload| {
        if is_closed_pipe(payload.as_ref()) { ExitCode::SUCCESS } else { ExitCode::from(101) }
    })
}

/// Takes `--lang` (or `LESSON_LANG`) before anything else is understood.
fn decide_language(arguments: &[OsString]) -> Result<(), String> {
    let mut sources = Vec::new();
    if let Ok(name) = env::var("LESSON_LANG") {
        sources.push(("LESSON_LANG=", name));
    }
    let mut rest = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    while let Some(argument) = rest.next() {
        if argument == "--" {
            break;
        }
        let value = match argument.strip_prefix("--lang") {
            Some("") => rest.next().map(String::from),
            Some(glued) => glued.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        sources.extend(value.map(|value| ("--lang ", value)));
    }
    for (source, name) in sources {
        set_language(Language::from_name(&name).ok_or_else(|| {
            text!(
                "{source}{name}: this book speaks en (English) and ja (Japanese)",
                "{source}{name}: この本で使える言語はen(英語)とja(日本語)です"
            )
        })?);
    }
    Ok(())
}

/// Gives a command and its subcommands headings in the reader's language, and our own help option.
fn in_language(command: Command) -> Command {
    let (usage, commands, options) = match lesson::language() {
        Language::English => ("Usage:", "Commands", "Options"),
        Language::Japanese => ("使い方:", "コマンド", "オプション"),
    };
    command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .help_template(format!("{{about}}\n\n{usage} {{usage}}\n\n{{all-args}}"))
        .subcommand_help_heading(commands)
        .mut_args(|argument| argument.help_heading(options))
        .mut_subcommands(in_language)
}

fn refuse(error: &clap::Error) -> ExitCode {
    let context = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::DisplayHelp => {
            lesson::print_line(error.render().to_string().trim_end());
            return ExitCode::SUCCESS;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprintln!("{}", error.render().to_string().trim_end());
            return ExitCode::from(USAGE);
        }
        ErrorKind::MissingSubcommand => {
            text!("name a command: see --help", "コマンドを指定してください(--helpを参照)")
        }
        ErrorKind::InvalidSubcommand => {
            let command = context(ContextKind::InvalidSubcommand);
            let similar = match error.get(ContextKind::SuggestedSubcommand) {
                Some(ContextValue::Strings(names)) => names.last(),
                _ => None,
            };
            match similar {
                Some(similar) => text!(
                    "{command}: there is no such command; did you mean {similar}?",
                    "{command}: そのようなコマンドはありません。{similar}ではありませんか?"
                ),
                None => text!(
                    "{command}: there is no such command: see --help",
                    "{command}: そのようなコマンドはありません(--helpを参照)"
                ),
            }
        }
        ErrorKind::UnknownArgument => text!(
            "{argument}: there is no such option: see --help",
            "{argument}: そのようなオプションはありません(--helpを参照)"
        ),
        ErrorKind::MissingRequiredArgument => {
            text!("{argument} is missing: see --help", "{argument}を指定してください(--helpを参照)")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = context(ContextKind::InvalidValue);
            text!(
                "{argument}: the value {value:?} cannot be used here: see --help",
                "{argument}: 値{value:?}は使えません(--helpを参照)"
            )
        }
        _ => error.render().to_string(),
    };
    tell(&message);
    ExitCode::from(USAGE)
}

fn tell(message: &str) {
    eprintln!("{}: {message}", text!("error", "エラー"));
}
