//! The check of `caveats/4-manager`: the manager is killed when its three workers are there.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    let mut running = check.case().env("CHECKED", "1").interactive().start()?;
    let there = |lines: &[String]| lines.iter().filter(|it| it.starts_with("worker ")).count();
    running.kill_when(|line| line.starts_with("the manager has "));
    running.until(3, |lines| there(lines) == 3);
    check.together(there(&running.lines()), 3);
    let ended = check.finish(running);
    check.line(&ended, "the program goes on");
    if ended.came_to_its_end() && ended.after("the manager is gone: ").count() != 1 {
        check.problem(
            "not-told",
            lesson::text!(
                "nobody said what became of the manager: keep the line `the manager is gone: …`",
                "マネージャーがどうなったか出力されていません。`the manager is gone: …`の行を残してください"
            ),
        );
    }
    Ok(())
}

checker::check!(check);
