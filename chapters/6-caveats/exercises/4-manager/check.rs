//! The check of `caveats/4-manager`: the manager is killed when its three workers are there.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    // The workers end after their parent, so there is nobody left in the answer who could reap them.
    let case = check.case().env("CHECKED", "1").allow("zombies").interactive();
    let mut running = case.start()?;
    let there = |lines: &[String]| lines.iter().filter(|it| it.starts_with("worker ")).count();
    let managed = |line: &str| line.starts_with("the manager has ");
    running.until(3, |lines| there(lines) == 3 && lines.iter().any(|line| managed(line)));
    check.together(there(&running.lines()), 3);
    running.kill_when(managed);
    running.line(|line| line == "the program goes on");
    // Whom the kernel kills needs a moment to end; whom it does not kill is an orphan.
    running.until_processes(1, |processes| processes.len() <= 1);
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
