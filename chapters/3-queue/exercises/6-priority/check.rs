//! The check of `queue/6-priority`: urgent jobs come first, at any time, and an idle printer is idle.

use checker::Check;
use lesson::text;

/// Processor time that one who only waits does not use, in hundredths of a second.
const MUCH: u64 = 20;

fn check(check: &mut Check) -> checker::Result {
    let mut running = check.case().interactive().start()?;
    // The printer is switched on when all of these wait.
    running.give("ordinary a\nordinary b\nurgent c\nordinary d\nurgent e\n\n");
    running.until(3, |lines| lines.len() == 5);
    // Now it waits. For a second nothing comes.
    let ticks =
        |running: &checker::Running| running.processes().iter().map(|it| it.ticks).sum::<u64>();
    let before = ticks(&running);
    running.until(1, |_| false);
    if ticks(&running).saturating_sub(before) > MUCH {
        check.problem("busy", text!("there is nothing to print, and a core is busy: wait, do not ask", "印刷するものがないのに、コアが動き続けています。尋ね続けるのではなく、待ってください"));
    }
    for (number, late) in [(6, "urgent f"), (7, "ordinary g"), (8, "urgent h")] {
        running.give(format!("{late}\n"));
        if !running.until(3, |lines| lines.len() == number) {
            check.problem(
                "late",
                text!(
                    "{late:?} came to an idle printer and was not printed",
                    "プリンターは空いているのに、{late:?}が印刷されません"
                ),
            );
            break;
        }
    }
    let ended = check.finish(running);
    if ended.came_to_its_end() && check.is_good() {
        let wanted = [
            "urgent c",
            "urgent e",
            "ordinary a",
            "ordinary b",
            "ordinary d",
            "urgent f",
            "ordinary g",
            "urgent h",
        ];
        let found: Vec<&str> = ended.after("printed ").collect();
        check.order(&found, &wanted);
        check.items(found, wanted);
    }
    Ok(())
}

checker::check!(check);
