//! The check of `queue/5-crawler`: a deep tree and a wide one, three workers at once, and not a folder forgotten.

use checker::{Check, pid_in};
use lesson::text;

const WIDE: usize = 60;

fn check(check: &mut Check) -> checker::Result {
    let case = check.case().args(["tree"]);
    let deep = case.clone().file("tree/a/b/c/d/e/f.txt", "12345").file("tree/a/g.txt", "123");
    let ended = check.run(&deep)?;
    check.line(&ended, "folders: 6, bytes: 8");
    // As many folders beside each other as no queue here can hold.
    let mut wide = case;
    for number in 0..WIDE {
        wide = wide.file(&format!("tree/{number}/below/file"), "12");
    }
    let ended = check.run(&wide)?;
    check.line(&ended, &format!("folders: {}, bytes: {}", 1 + 2 * WIDE, 2 * WIDE));
    if check.is_good() {
        // Each worker says which folder it has, and waits for a byte: the first has the root, then all have one.
        let mut running = wide.env("CHECKED", "1").interactive().start()?;
        running.until(3, |lines| !lines.is_empty());
        running.give("\n");
        running.until(3, |lines| lines.len() >= 4);
        let mut busy: Vec<u32> =
            running.lines().iter().skip(1).filter_map(|it| pid_in(it)).collect();
        busy.sort_unstable();
        busy.dedup();
        let busy = busy.len();
        if busy < 3 {
            check.problem(
                "together",
                text!(
                    "there are sixty folders to look into, and {busy} of 3 workers have one: ask for several before you wait for an answer",
                    "調べるフォルダーは六十個あるのに、働いているワーカーは三つのうち{busy}個です。答えを待つ前に、いくつも頼んでください"
                ),
            );
        }
        running.give("\n".repeat(4 * WIDE));
        check.finish(running);
    }
    Ok(())
}

checker::check!(check);
