//! English or Japanese, decided once for a process and its children.

use std::env;
use std::sync::atomic::{AtomicU8, Ordering};

/// A language that the programs of this book speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, the default.
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Reads the name used by `--lang` and `LESSON_LANG`: `en` or `ja`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "en" => Some(Self::English),
            "ja" => Some(Self::Japanese),
            _ => None,
        }
    }

    /// The name that [`Language::from_name`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// `LESSON_LANG` if it names a language, else the locale, else English.
    fn from_environment() -> Self {
        if let Some(language) = env::var("LESSON_LANG").ok().and_then(|name| Self::from_name(&name))
        {
            return language;
        }
        // The order in which a C library looks: the first that is set and not empty decides.
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        match locale {
            Some(locale) if locale.starts_with("ja") => Self::Japanese,
            _ => Self::English,
        }
    }
}

const UNDECIDED: u8 = 0;
const ENGLISH: u8 = 1;
const JAPANESE: u8 = 2;

/// A forked child inherits the decision; a re-executed one is told by its parent.
static DECIDED: AtomicU8 = AtomicU8::new(UNDECIDED);

/// The language of this process. Never blocks.
///
/// The first call decides, from the environment, unless [`set_language`] came before.
pub fn language() -> Language {
    match DECIDED.load(Ordering::Relaxed) {
        ENGLISH => Language::English,
        JAPANESE => Language::Japanese,
        _ => {
            let language = Language::from_environment();
            set_language(language);
            language
        }
    }
}

/// Decides the language of this process and of the children it starts from now on.
pub fn set_language(language: Language) {
    let code = match language {
        Language::English => ENGLISH,
        Language::Japanese => JAPANESE,
    };
    DECIDED.store(code, Ordering::Relaxed);
}
