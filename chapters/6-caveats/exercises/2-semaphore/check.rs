//! The check of `caveats/2-semaphore`: never more than two at the same time, and not one by one either.

use checker::Check;
use lesson::text;

const COOKS: usize = 4;
const STOVES: u32 = 2;

fn run(check: &mut Check) -> checker::Result {
    // Each cook waits for a byte: so all are there before the first meal.
    let mut running = check.case().env("CHECKED", "1").interactive().start()?;
    let there = |lines: &[String]| lines.iter().filter(|it| it.starts_with("cook ")).count();
    running.until(3, |lines| there(lines) == COOKS);
    check.together(there(&running.lines()).min(running.children().len()), COOKS);
    running.give("\n".repeat(COOKS));
    let ended = check.finish(running);
    check.line(&ended, "meals: 2000");
    if !ended.came_to_its_end() {
        return Ok(());
    }
    let most = ended.after("most at the same time: ").find_map(|it| it.parse::<u32>().ok());
    let most = most.unwrap_or(0);
    if most > STOVES {
        check.problem(
            "too-many",
            text!(
                "{most} cooked at the same time on {STOVES} stoves: look for a free one and take it in one step",
                "コンロは{STOVES}つなのに、{most}人が同時に料理しました。空きを確かめてから取るまでを一続きにしてください"
            ),
        );
    } else if most < STOVES {
        check.problem(
            "one-at-a-time",
            text!(
                "at most {most} cooked at the same time: a stove was never used; do not hold the lock while you cook",
                "同時に料理したのは最大{most}人で、使われないコンロがありました。料理している間はロックを手放してください"
            ),
        );
    }
    Ok(())
}

fn check(check: &mut Check) -> checker::Result {
    // On one core, or on a busy one, a single run may happen to go well.
    for _ in 0..10 {
        if check.is_good() {
            run(check)?;
        }
    }
    Ok(())
}

checker::check!(check);
