//! The check of `process/4-no-orphans`: a tree of six processes is there, and is gone without an orphan.

use checker::Check;

const TREE: usize = 6;

fn check(check: &mut Check) -> checker::Result {
    let mut running = check.case().interactive().start()?;
    let told = |lines: &[String]| lines.iter().filter(|it| it.contains("(PID: ")).count();
    running.until(5, |lines| told(lines) == TREE);
    let there = running.processes().iter().filter(|it| !it.is_zombie()).count();
    check.together(there.saturating_sub(1), TREE);
    running.give("\n");
    let ended = check.finish(running);
    check.line(&ended, "ended: 6");
    Ok(())
}

checker::check!(check);
