//! What every chapter's program shares.
//!
//! A program of this book speaks the reader's language ([`say!`]), understands `--lang` and `--help`
//! ([`run`]), ends quietly when the reader pipes it into `head`, leaves no child behind, and can
//! record what each of its processes did and when ([`timeline`]).
//!
//! # Layout
//!
//! - [`language`](mod@language): which language, decided once: `--lang`, `LESSON_LANG`, the locale, English.
//! - [`output`]: [`say!`] and [`text!`], and what happens when nobody reads the output any more.
//! - [`program`]: [`run`], which every `main` of this book calls.
//! - [`options`]: the few options a program of this book takes.
//! - [`timeline`]: Chrome trace events, one line each, from many processes into one file.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "this book teaches Linux mechanisms (pidfd, memfd, robust mutexes, packet sockets): \
     on macOS open the workspace in its dev container (.devcontainer), on Windows use WSL 2"
);

pub mod language;
pub mod options;
pub mod output;
pub mod program;
pub mod timeline;

pub use language::{Language, language, set_language};
pub use options::{Given, Options};
pub use output::print_line;
pub use program::{Result, profile, run};
