//! The check of `pool/1-first-map`: two workers count at the same time, and each file has its own number.

use checker::Check;
use lesson::text;

/// The first file is by far the largest, so that its number comes last.
const WORDS: [usize; 6] = [400_000, 3, 1, 0, 12, 7];

fn check(check: &mut Check) -> checker::Result {
    let mut case = check.case().args(["in"]).processes(3);
    let mut wanted = Vec::new();
    for (number, words) in WORDS.into_iter().enumerate() {
        let name = format!("in/{number}.txt");
        case = case.file(&name, "word \n".repeat(words));
        wanted.push(format!("{name}: {words}"));
    }
    wanted.push(format!("total: {}", WORDS.iter().sum::<usize>()));

    // Each count begins with a line and waits for a byte: so they are seen together, or one by one.
    let mut running = case.clone().env("CHECKED", "1").interactive().start()?;
    let counting = |lines: &[String]| lines.iter().filter(|it| it.starts_with("counting ")).count();
    running.until(2, |lines| counting(lines) >= 2);
    let together = counting(&running.lines()).min(running.children().len());
    running.give("\n".repeat(WORDS.len()));
    if check.finish(running).came_to_its_end() && together < 2 {
        check.problem(
            "together",
            text!(
                "files counted by workers at the same time: {together} instead of 2; hand all files to the pool in one call",
                "ワーカーが同時に数えるファイルは2個のはずが、{together}個でした。一度の呼び出しで全部のファイルをプールに渡してください"
            ),
        );
    }

    for _ in 0..3 {
        if check.is_good() {
            let mut ended = check.run(&case)?;
            ended.stdout = ended
                .stdout
                .lines()
                .filter(|it| !it.starts_with("counting "))
                .fold(String::new(), |text, line| text + line + "\n");
            check.lines(&ended, &wanted);
        }
    }
    Ok(())
}

checker::check!(check);
