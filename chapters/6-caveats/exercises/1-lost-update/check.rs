//! The check of `caveats/1-lost-update`: two processes count at the same time, and every visitor is counted.

use checker::Check;
use lesson::text;

const VISITORS: u64 = 10_000;

fn run(check: &mut Check) -> checker::Result {
    // Each door says that it is open, and waits for a byte: so both are open before anybody is counted.
    let mut running = check.case().env("CHECKED", "1").interactive().start()?;
    let open = |lines: &[String]| lines.iter().filter(|it| it.starts_with("door ")).count();
    running.until(3, |lines| open(lines) == 2);
    let (open, there) = (open(&running.lines()), running.children().len());
    if open == 1 && there == 2 {
        check.problem(
            "together",
            text!(
                "one door waits while the other counts all its visitors: hold the lock for one visitor at a time",
                "一方が自分の来場者を全員数え終わるまで、もう一方は待っています。ロックを持つのは一人分ずつにしてください"
            ),
        );
    } else {
        check.together(open.min(there), 2);
    }
    running.give("\n\n");
    let ended = check.finish(running);
    let counted = ended.after("visitors: ").find_map(|it| it.parse::<u64>().ok());
    match counted {
        Some(counted) if ended.came_to_its_end() && counted < VISITORS => {
            let lost = VISITORS - counted;
            check.problem(
                "lost",
                text!(
                    "{lost} of {VISITORS} visitors were not counted: one process wrote over what the other had written",
                    "{VISITORS}人のうち{lost}人が数えられていません。一方のプロセスの書き込みを、もう一方が上書きしました"
                ),
            );
        }
        _ => check.line(&ended, &format!("visitors: {VISITORS}")),
    }
    Ok(())
}

fn check(check: &mut Check) -> checker::Result {
    // On one core, or on a busy one, a single run may happen to go well.
    for _ in 0..5 {
        if check.is_good() {
            run(check)?;
        }
    }
    Ok(())
}

checker::check!(check);
