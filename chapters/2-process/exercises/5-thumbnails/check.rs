//! The check of `process/5-thumbnails`: eight pictures, three at a time, and whichever ends, the next one starts.

use checker::{Check, pid_in};
use lesson::text;
use nix::sys::signal::Signal;

const PICTURES: usize = 8;
const AT_ONCE: usize = 3;

fn check(check: &mut Check) -> checker::Result {
    // Each says its name and waits for a byte; so the check decides who ends, and when.
    let mut case = check.case().args(["in", "--processes", "3"]).processes(AT_ONCE + 1);
    for number in 0..PICTURES {
        case = case.file(&format!("in/{number}.pgm"), format!("P2 3 2 9\n{number} 1 2\n3 4 5\n"));
    }
    let mut running = case.env("CHECKED", "1").interactive().start()?;
    let started = |lines: &[String]| lines.iter().filter(|it| it.contains("(PID: ")).count();
    running.until(3, |lines| started(lines) >= AT_ONCE);
    // Whoever started too many has been ended by now, perhaps before it said so.
    if running.pid().is_some() {
        check.together(started(&running.lines()), AT_ONCE);
    }
    if check.is_good() && running.pid().is_some() {
        // The oldest is stopped, so one of the others gets the byte and ends.
        let first =
            running.line(|line| line.starts_with("in/0.pgm")).and_then(|line| pid_in(&line));
        let first = first.unwrap_or_default();
        running.signal(first, Signal::SIGSTOP);
        running.until_processes(3, |all| all.iter().any(|it| it.pid == first && it.state == 'T'));
        running.give("\n");
        if !running.until(3, |lines| started(lines) > AT_ONCE) {
            check.problem(
                "idle",
                text!(
                    "one of three has ended, but the next one does not start: its place is free",
                    "三つのうち一つが終わって空きができたのに、次が始まりません"
                ),
            );
        }
        running.signal(first, Signal::SIGCONT);
    }
    running.give("\n".repeat(PICTURES));
    let ended = check.finish(running);
    check.line(&ended, "thumbnails: 8");
    if ended.came_to_its_end() {
        let made = |number| ended.file(&format!("in/{number}.pgm.small"));
        let made: Vec<String> = (0..PICTURES).filter_map(made).collect();
        check.items(made, (0..PICTURES).map(|number| format!("P2 2 1 9\n{number} 2\n")));
    }
    Ok(())
}

checker::check!(check);
