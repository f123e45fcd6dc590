//! The check of `queue/1-log-count`: three workers, and while one is held up, the others count all the rest.

use checker::{Check, pid_in};
use lesson::text;
use nix::sys::signal::Signal;

const FILES: usize = 24;
const WORKERS: usize = 3;

fn check(check: &mut Check) -> checker::Result {
    let mut case = check.case().args(["logs"]).env("CHECKED", "1").interactive();
    for number in 0..FILES {
        let more = "INFO ok\n".repeat(number);
        case = case.file(
            &format!("logs/{number:02}.log"),
            format!("{more}ERROR disk\nWARN hot\nERROR net\n"),
        );
    }
    // Each says which file it has, and waits for a byte.
    let mut running = case.start()?;
    let begun = |lines: &[String]| lines.iter().filter(|it| it.contains("(PID: ")).count();
    running.until(3, |lines| begun(lines) >= WORKERS);
    check.together(begun(&running.lines()).min(running.children().len()), WORKERS);
    if check.is_good() {
        let held_up = running.lines().first().and_then(|line| pid_in(line)).unwrap_or_default();
        running.signal(held_up, Signal::SIGSTOP);
        running.until_processes(3, |all| all.iter().any(|it| it.pid == held_up && it.state == 'T'));
        running.give("\n".repeat(FILES - 1));
        // Not as long as it takes for the rest to look like a deadlock.
        if !running.until(1, |lines| begun(lines) == FILES) {
            check.problem(
                "idle",
                text!(
                    "one worker is held up, and files wait for it while the others have nothing to do",
                    "一つのワーカーが手間取っている間、ほかのワーカーは空いているのに、ファイルがそれを待っています"
                ),
            );
        }
        running.signal(held_up, Signal::SIGCONT);
    }
    running.give("\n".repeat(FILES));
    let ended = check.finish(running);
    let infos = (0..FILES).sum::<usize>();
    for line in
        [format!("ERROR: {}", 2 * FILES), format!("INFO: {infos}"), format!("WARN: {FILES}")]
    {
        check.line(&ended, &line);
    }
    Ok(())
}

checker::check!(check);
