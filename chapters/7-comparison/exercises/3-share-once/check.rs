//! The check of `comparison/3-share-once`: two workers at the same time, and one table of 32 MiB for both.

use checker::Check;
use lesson::text;

const ENTRIES: u64 = 4 << 20;
/// MiB. One table, and each worker's half of it counted once more if it is shared memory.
const MEMORY: u64 = 80;

fn check(check: &mut Check) -> checker::Result {
    let case = check.case().env("CHECKED", "1").interactive().memory(MEMORY);
    let mut running = case.start()?;
    // Each worker waits for a byte when it has read its half, with all the memory that it uses.
    let there = |lines: &[String]| lines.iter().filter(|it| it.starts_with("worker ")).count();
    let both = running.until(5, |lines| there(lines) == 2);
    // Memory is looked at now and then: time for that.
    running.until(1, |_| false);
    running.give("\n\n");
    let ended = check.finish(running);
    if !both && ended.came_to_its_end() {
        check.problem(
            "one-after-another",
            text!(
                "the second worker began when the first had ended: start both before you wait for one",
                "一つ目のワーカーが終わってから二つ目が始まりました。両方を開始してから待ってください"
            ),
        );
    }
    let sum: u64 = (0..ENTRIES).map(|place| place % 1000).sum();
    check.line(&ended, &format!("sum: {sum}"));
    Ok(())
}

checker::check!(check);
