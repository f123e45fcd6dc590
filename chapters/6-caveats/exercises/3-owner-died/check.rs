//! The check of `caveats/3-owner-died`: clerk 1 is killed in the middle of its third transfer; and once it is not.

use checker::Check;
use lesson::text;

fn check(check: &mut Check) -> checker::Result {
    for (dies, wanted) in [(true, "[50, 50]"), (false, "[40, 60]")] {
        // Clerk 1 waits for a byte in the middle of a transfer, and holds the lock.
        let mut running = check.case().env("CHECKED", "1").interactive().start()?;
        let in_its_hands = |line: &str| line.starts_with("money in the hands of clerk 1 ");
        if dies {
            running.kill_when(in_its_hands);
        } else {
            running.line(in_its_hands);
            running.give("\n");
        }
        let ended = check.finish(running);
        let sum = ended.after("accounts: ").find_map(|it| it.split_once("sum: ")?.1.parse().ok());
        let sum: u64 = sum.unwrap_or(100);
        if ended.came_to_its_end() && sum != 100 {
            check.problem(
                "sum",
                text!(
                    "the sum is {sum} and should be 100: clerk 1 died in the middle of a transfer, and nobody put it right",
                    "合計が100ではなく{sum}です。担当者1が振り込みの途中で終了したのに、修復されていません"
                ),
            );
        } else {
            check.line(&ended, &format!("accounts: {wanted}, sum: 100"));
        }
        if !check.is_good() {
            break;
        }
    }
    Ok(())
}

checker::check!(check);
