//! Exercise process/4-no-orphans, solved: a pipe that everybody waits for; its end tells the whole tree.
//! Run it: `cargo run -p process-exercises --bin process-no-orphans-solution` and press Enter
//! Look for: no process is killed. In which order do they end?

use std::fs::File;
use std::io::{Read, pipe, stdin};
use std::os::fd::OwnedFd;
use std::process::{ExitCode, id};

use lesson::{Options, say};
use process::{Descriptor, Process};

/// Works until the pipe ends.
fn helper(captain: u32, number: u32, until: Descriptor) -> u32 {
    let pid = id();
    say!("helper {captain}.{number} (PID: {pid})", "助手{captain}.{number}(PID: {pid})");
    let _ = File::from(OwnedFd::from(until)).read_to_end(&mut Vec::new());
    1
}

/// Has two helpers. Gives how many of them, itself among them, it has seen end.
fn captain(number: u32, until: Descriptor) -> Result<u32, String> {
    let pid = id();
    say!("captain {number} (PID: {pid})", "班長{number}(PID: {pid})");
    let mut helpers = Vec::new();
    for helper_number in 1..=2 {
        let until = until.try_clone().map_err(|error| error.to_string())?;
        let helper = Process::spawn(helper, (number, helper_number, until));
        helpers.push(helper.map_err(|error| error.to_string())?);
    }
    let mut ended = 1;
    for helper in helpers {
        ended += helper.join().map_err(|error| error.to_string())?;
    }
    Ok(ended)
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
