//! The check of `comparison/2-right-tool`: ten waits of 100 ms in less than 300 ms, without any other process.

use checker::Check;
use lesson::text;

/// Seconds.
const ENOUGH: f64 = 0.3;

fn check(check: &mut Check) -> checker::Result {
    let mut best = f64::INFINITY;
    // On a busy machine one run may be late.
    for _ in 0..5 {
        let ended = check.run(&check.case())?;
        check.line(&ended, "users: [11, 22, 33, 44, 55, 66, 77, 88, 99, 110]");
        let most = ended.most_processes();
        if most > 1 {
            check.problem(
                "child-processes",
                text!(
                    "{most} processes at the same time: to wait, a thread is enough",
                    "{most}個のプロセスが同時に動きました。待つだけならスレッドで足ります"
                ),
            );
        }
        best = best.min(ended.seconds());
        if best < ENOUGH || !check.is_good() {
            return Ok(());
        }
    }
    check.problem(
        "slow",
        text!(
            "it takes {best:.2} s: ten waits of 100 ms at the same time take little more than one",
            "{best:.2}秒かかります。100ミリ秒の待ちが十個あっても、同時に待てば一つ分と少しで済みます"
        ),
    );
    Ok(())
}

checker::check!(check);
