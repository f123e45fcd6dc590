//! The check of `pool/2-first-come`: keys that fit are shown while a slow one is still tried, and the search ends.

use std::collections::BTreeSet;

use checker::Check;
use lesson::text;

const WANTED: usize = 5;

fn check(check: &mut Check) -> checker::Result {
    // Key 7 and those from 30 on wait for a byte. So 14, 21 and 28 can be shown now, and nothing else.
    let case = check.case().env("CHECKED", "1").interactive();
    let mut running = case.start()?;
    let fits = |lines: &[String]| lines.iter().filter(|it| it.starts_with("fits: ")).count();
    running.until(3, |lines| fits(lines) >= 2);
    if fits(&running.lines()) < 2 {
        check.problem(
            "first-come",
            text!(
                "while key 7 was still tried, 14 and 21 were done, but not shown: show each result when it comes",
                "鍵7をまだ試している間に14と21は終わりましたが、表示されませんでした。結果は届いたらすぐに表示してください"
            ),
        );
    }
    running.give("\n".repeat(10_000));
    let ended = check.finish(running);
    let found: BTreeSet<u64> = ended.after("fits: ").filter_map(|key| key.parse().ok()).collect();
    let right = found.len() == WANTED && found.iter().all(|key| key.is_multiple_of(7));
    if ended.came_to_its_end() && (!right || ended.lines().len() != WANTED) {
        check.problem(
            "results",
            text!(
                "wanted: {WANTED} lines `fits: …` with different keys that fit; found: {found:?}",
                "合う鍵を一行に一つずつ、異なる{WANTED}個表示してください。見つかったもの: {found:?}"
            ),
        );
    }
    Ok(())
}

checker::check!(check);
