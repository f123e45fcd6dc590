//! A wrong answer: the captains are told by a pipe, their helpers by nobody.
//! Fails with: orphans, zombies
//! Look for: a captain that returns lets go of the handles of its helpers; what do those do?

use std::fs::File;
use std::io::{Read, pipe, stdin};
use std::os::fd::OwnedFd;
use std::process::{ExitCode, id};

use lesson::{Options, say};
use nix::unistd::pause;
use process::{Descriptor, Process};

/// Works until it is ended.
fn helper(captain: u32, number: u32) -> u32 {
    let pid = id();
    say!("helper {captain}.{number} (PID: {pid})", "助手{captain}.{number}(PID: {pid})");
    loop {
        pause();
    }
}

/// Has two helpers. Gives how many of them, itself among them, it has seen end.
fn captain(number: u32, until: Descriptor) -> Result<u32, String> {
    let pid = id();
    say!("captain {number} (PID: {pid})", "班長{number}(PID: {pid})");
    let mut helpers = Vec::new();
    for helper_number in 1..=2 {
        let helper = Process::spawn(helper, (number, helper_number));
        helpers.push(helper.map_err(|error| error.to_string())?);
    }
    let _ = File::from(OwnedFd::from(until)).read_to_end(&mut Vec::new());
    // Counts them, at least.
    Ok(1 + helpers.len() as u32)
}

fn program() -> lesson::Result {
    // Nobody ever writes into it: all that it tells is its end.
    let (until, hold) = pipe()?;
    let until = Descriptor::from(OwnedFd::from(until));
    let mut captains = Vec::new();
    for number in 1..=2 {
        captains.push(Process::spawn(captain, (number, until.try_clone()?))?);
    }
    stdin().read_line(&mut String::new())?;
    // The only write end there is. All helpers see it at once, and each process joins those that it has started.
    drop(hold);
    let mut ended = 0;
    for captain in captains {
        ended += captain.join()??;
    }
    say!("ended: {ended}", "終了: {ended}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Two captains with two helpers each.", "班長が二人、助手が二人ずつ。");
    lesson::run(about, |_| program())
}
