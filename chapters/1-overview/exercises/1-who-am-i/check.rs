//! The check of `overview/1-who-am-i`: what parent and child say of themselves is what `/proc` says of them.

use checker::{Check, pid_in};
use lesson::text;

fn check(check: &mut Check) -> checker::Result {
    // The child says who it is and waits for a byte: so it is there to be looked at.
    let mut running = check.case().env("CHECKED", "1").interactive().start()?;
    let said = running.line(|line| line.starts_with("child (PID: "));
    let (main, children) = (running.pid(), running.children());
    running.give("\n");
    let ended = check.finish(running);
    let (Some(main), Some(said)) = (main, said) else {
        if ended.came_to_its_end() {
            check.problem("results", text!("the child said nothing", "子プロセスの行がありません"));
        }
        return Ok(());
    };
    check.line(&ended, &format!("parent (PID: {main})"));
    let child = pid_in(&said).unwrap_or_default();
    if child == main {
        check.problem(
            "same-pid",
            text!(
                "both lines tell PID {main}: the second is no child's, or was asked for before there was one",
                "二つの行のPIDがどちらも{main}です: 二行目を表示したのが子プロセスではないか、子プロセスができる前にPIDを調べています"
            ),
        );
        return Ok(());
    }
    if !children.iter().any(|it| it.pid == child) {
        check.problem(
            "same-pid",
            text!(
                "the child says PID {child}; no child of PID {main} has that number",
                "子プロセスの言うPIDは{child}ですが、PID {main}の子にその番号のものはありません"
            ),
        );
    }
    if !said.contains(&format!("parent PID: {main})")) {
        check.problem(
            "parent-pid",
            text!(
                "the child's parent is PID {main}, but it says: {said}",
                "子プロセスの親はPID {main}のはずですが、出力は次のとおりです: {said}"
            ),
        );
    }
    Ok(())
}

checker::check!(check);
