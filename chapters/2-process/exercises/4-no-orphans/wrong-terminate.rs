//! A wrong answer: it asks the captains politely; they end at once, as processes do that are asked, without their helpers.
//! Fails with: orphans
//! Look for: what does `SIGTERM` do in a process that knows nothing of it?

use std::io::stdin;
use std::process::{ExitCode, id};

use lesson::{Options, say};
use nix::unistd::pause;
use process::Process;

/// Works until it is ended.
fn helper(captain: u32, number: u32) -> u32 {
    let pid = id();
    say!("helper {captain}.{number} (PID: {pid})", "助手{captain}.{number}(PID: {pid})");
    loop {
        pause();
    }
}

/// Has two helpers. Gives how many of them, itself among them, it has seen end.
fn captain(number: u32) -> Result<u32, String> {
    let pid = id();
    say!("captain {number} (PID: {pid})", "班長{number}(PID: {pid})");
    let mut helpers = Vec::new();
    for helper_number in 1..=2 {
        let helper = Process::spawn(helper, (number, helper_number));
        helpers.push(helper.map_err(|error| error.to_string())?);
    }
    let mut ended = 1;
    for helper in helpers {
        ended += helper.join().map_err(|error| error.to_string())?;
    }
    Ok(ended)
}

fn program() -> lesson::Result {
    let mut captains = Vec::new();
    for number in 1..=2 {
        captains.push(Process::spawn(captain, (number,))?);
    }
    stdin().read_line(&mut String::new())?;
    let mut ended = 0;
    for mut captain in captains {
        captain.terminate()?;
        captain.wait()?;
        ended += 3;
    }
    say!("ended: {ended}", "終了: {ended}");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Two captains with two helpers each.", "班長が二人、助手が二人ずつ。");
    lesson::run(about, |_| program())
}
