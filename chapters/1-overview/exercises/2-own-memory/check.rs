//! The check of `overview/2-own-memory`: every price is worked out at the first rate, and the parent's rate stays.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    for first in [1_u32, 7] {
        let ended = check.run(&check.case().args(["--first", &first.to_string()]))?;
        let prices = [first, first + 1, first + 2].map(|amount| amount * 10);
        check.lines(&ended, &[format!("prices: {prices:?}"), "rate: 10".to_owned()]);
    }
    Ok(())
}

checker::check!(check);
