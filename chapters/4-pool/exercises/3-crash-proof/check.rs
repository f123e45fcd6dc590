//! The check of `pool/3-crash-proof`: three workers fail in mid-job, and nothing but their own picture is lost.

use checker::Check;
use lesson::text;

fn check(check: &mut Check) -> checker::Result {
    // Picture 3 kills its worker, picture 5 panics, and picture 6 waits until its worker is killed from here.
    let mut running = check.case().env("CHECKED", "1").interactive().output(64 << 10).start()?;
    let others_go_on =
        running.until(3, |lines| lines.iter().any(|it| it.starts_with("shrinking picture 8 ")));
    running.kill_when(|line| line.starts_with("shrinking picture 6 "));
    let ended = check.finish(running);
    if !ended.came_to_its_end() {
        return Ok(());
    }
    let number = |rest: &str| rest.split([' ', ':']).next().and_then(|it| it.parse::<u32>().ok());
    let all = |start| ended.after(start).filter_map(number).collect::<Vec<u32>>();
    check.items(all("shrinking picture "), 1..=8);
    check.items(
        ended.after("done: "),
        ["1 (10 KB)", "2 (20 KB)", "4 (40 KB)", "7 (70 KB)", "8 (80 KB)"],
    );
    let (named, wanted) = (all("failed: "), [3, 5, 6]);
    if named != wanted {
        check.problem(
            "not-named",
            text!(
                "pictures {wanted:?} failed, but the lines `failed: …` name {named:?}: say of each which one it was",
                "失敗した画像は{wanted:?}ですが、`failed: …`の行にあるのは{named:?}です。どの画像が失敗したかを示してください"
            ),
        );
    }
    if check.is_good() && !others_go_on {
        check.problem(
            "one-after-another",
            text!(
                "while one worker was busy with picture 6, nobody went on with the others: give the pool all pictures at once",
                "一つのワーカーが画像6にかかっている間、ほかの画像が進みませんでした。全部の画像を一度にプールへ渡してください"
            ),
        );
    }
    Ok(())
}

checker::check!(check);
