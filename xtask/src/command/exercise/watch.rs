//! `cargo xtask exercise watch`: checks the answer after each save.

use std::process::ExitCode;

use anyhow::Result;
use lesson::{print_line, say};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use std::os::fd::AsFd;

use super::catalog::{Exercise, find, shown};
use super::progress::Progress;
use super::{attempt, next};

/// An editor may save in several steps: so long nothing may have happened.
const SETTLED: u16 = 60;

/// Checks now and after each save; goes on with the next exercise where none was named. Ends with Ctrl-C, or when all is solved.
pub(super) fn watch(
    name: Option<&str>,
    all: &[Exercise],
    progress: &mut Progress,
) -> Result<ExitCode> {
    loop {
        let named = name.map(|name| find(all, name)).transpose()?;
        let Some(exercise) = named.or_else(|| next(all, progress)) else {
            return super::introduce(all, progress);
        };
        let saves = Inotify::init(InitFlags::IN_CLOEXEC)?;
        // The folder, not the file: most editors write another file and rename it.
        let events = AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_MOVED_TO;
        saves.add_watch(&exercise.folder, events)?;
        loop {
            match attempt::check(exercise, all, progress) {
                Ok(_) if progress.is_solved(exercise) && named.is_none() => break,
                Ok(_) => {}
                // What does not compile is no reason to stop watching.
                Err(error) => print_line(&format!("{error:#}")),
            }
            let stub = shown(&exercise.stub());
            say!(
                "waiting for {stub} to be saved (Ctrl-C ends)",
                "{stub}が保存されるのを待っています(Ctrl-Cで終了)"
            );
            wait_for_save(&saves)?;
            print_line("");
        }
        print_line("");
        super::introduce(all, progress)?;
    }
}

/// Blocks until the stub was saved and nothing else is being.
fn wait_for_save(saves: &Inotify) -> Result<()> {
    loop {
        let events = saves.read_events()?;
        if events.iter().any(|event| event.name.as_ref().is_some_and(|name| name == "stub.rs")) {
            break;
        }
    }
    loop {
        let mut more = [PollFd::new(saves.as_fd(), PollFlags::POLLIN)];
        if poll(&mut more, PollTimeout::from(SETTLED))? == 0 {
            return Ok(());
        }
        saves.read_events()?;
    }
}
