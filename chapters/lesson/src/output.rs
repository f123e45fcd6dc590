//! Lines for the reader, in the reader's language.

use std::any::Any;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::panic::resume_unwind;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A `String` in the reader's language: the English text first, then the Japanese one.
///
/// Both take the same arguments, as `format!` does.
///
/// ```
/// lesson::set_language(lesson::Language::Japanese);
/// let n = 3;
/// assert_eq!(lesson::text!("{n} processes", "{n}個のプロセス"), "3個のプロセス");
/// ```
#[macro_export]
macro_rules! text {
    ($english:literal, $japanese:literal $(, $argument:expr)* $(,)?) => {
        match $crate::language() {
            $crate::Language::English => ::std::format!($english $(, $argument)*),
            $crate::Language::Japanese => ::std::format!($japanese $(, $argument)*),
        }
    };
}

/// Prints a line in the reader's language: the English text first, then the Japanese one.
///
/// The line is written at once and whole, so lines of several processes do not mix. When nobody
/// reads standard output any more (`| head -1`), the program ends quietly: see [`print_line`].
#[macro_export]
macro_rules! say {
    ($english:literal, $japanese:literal $(, $argument:expr)* $(,)?) => {
        $crate::print_line(&$crate::text!($english, $japanese $(, $argument)*))
    };
}

/// What unwinds a program whose output cannot be written.
#[derive(Debug)]
pub(crate) struct OutputLost(pub(crate) io::Error);

/// Prints one line to standard output and flushes it. Blocks while a pipe's reader is behind.
///
/// A line that cannot be written ends the program from here by unwinding, without a message of its
/// own: destructors run, so pools and processes are cleaned up, and [`run`](crate::run) decides what
/// to say. (Rust's `println!` would panic with a message; C programs die of `SIGPIPE`.)
pub fn print_line(line: &str) {
    let mut whole = String::with_capacity(line.len() + 1);
    whole.push_str(line);
    whole.push('\n');
    let mut stdout = io::stdout().lock();
    if let Err(error) = stdout.write_all(whole.as_bytes()).and_then(|()| stdout.flush()) {
        drop(stdout);
        resume_unwind(Box::new(OutputLost(error)));
    }
}

/// Whether a panic payload only says that the reader of our output has gone.
pub fn is_closed_pipe(payload: &(dyn Any + Send)) -> bool {
    payload.downcast_ref::<OutputLost>().is_some_and(|lost| lost.0.kind() == ErrorKind::BrokenPipe)
}

/// What a panic payload says if it comes from output that cannot be written: there was no message yet.
pub fn lost(payload: &(dyn Any + Send)) -> Option<String> {
    let OutputLost(error) = payload.downcast_ref()?;
    Some(text!("standard output cannot be written: {error}", "標準出力に書き込めません: {error}"))
}

/// Whether standard output is a pipe or socket that nobody reads any more.
pub(crate) fn stdout_is_closed() -> bool {
    let stdout = io::stdout();
    let mut watched = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
    poll(&mut watched, PollTimeout::ZERO).is_ok()
        && watched[0].revents().is_some_and(|events| events.contains(PollFlags::POLLERR))
}
