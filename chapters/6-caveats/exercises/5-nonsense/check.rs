//! The check of `caveats/5-nonsense`: 145 good readings, five broken ones, and an end.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    let ended = check.run(&check.case().deadline(5))?;
    check.line(&ended, "readings: 145, broken: 5, warmest: 49");
    Ok(())
}

checker::check!(check);
