//! The check of `process/1-reap`: five workers at the same time, their results in order, nobody left.

use checker::Check;

const WORKERS: usize = 5;

fn check(check: &mut Check) -> checker::Result {
    // Each worker says that it is there, and waits for a byte: so they are all seen, or one by one.
    let case = check.case().env("CHECKED", "1").interactive();
    let mut running = case.start()?;
    let workers = |lines: &[String]| lines.iter().filter(|it| it.starts_with("worker ")).count();
    running.until(2, |lines| workers(lines) == WORKERS);
    check.together(workers(&running.lines()).min(running.children().len()), WORKERS);
    running.give("\n".repeat(WORKERS));
    let ended = check.finish(running);
    check.line(&ended, "results: [1, 4, 9, 16, 25]");
    Ok(())
}

checker::check!(check);
