//! The check of `pool/4-deadline`: after a second the program ends, with the puzzles that were solved by then.

use checker::Check;
use lesson::text;

/// A second, and what a busy machine needs on top; four endless puzzles, a second each, take more.
const MOST_SECONDS: f64 = 2.5;

fn check(check: &mut Check) -> checker::Result {
    let ended = check.run(&check.case())?;
    let solved = [(1, 1229), (3, 3245), (5, 5133), (7, 6935)];
    let line = |puzzle| match solved.iter().find(|&&(known, _)| known == puzzle) {
        Some((_, primes)) => format!("puzzle {puzzle}: {primes}"),
        None => format!("puzzle {puzzle}: given up"),
    };
    check.lines(&ended, &(1..=8).map(line).collect::<Vec<_>>());
    let seconds = ended.seconds();
    if ended.came_to_its_end() && seconds > MOST_SECONDS {
        check.problem(
            "slow",
            text!(
                "it took {seconds:.1} s: one second is for all puzzles together, not for each",
                "{seconds:.1}秒かかりました。1秒は一つずつではなく、全部のパズルに使える時間です"
            ),
        );
    }
    Ok(())
}

checker::check!(check);
