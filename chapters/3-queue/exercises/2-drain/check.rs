//! The check of `queue/2-drain`: few findings and many, all of them arrive, and nobody hangs.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    for each in [2, 100, 0] {
        let ended = check.run(&check.case().env("CHECKED", each.to_string()))?;
        check.line(&ended, &format!("findings: {}", 2 * each));
    }
    Ok(())
}

checker::check!(check);
