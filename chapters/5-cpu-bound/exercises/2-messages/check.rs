//! The check of `cpu-bound/2-messages`: the pool is at least 1.2 times as fast as the loop, in the same run.

use checker::Check;

const LONGEST: &str = "longest: 1723519 (556 steps)";

fn check(check: &mut Check) -> checker::Result {
    let in_a_loop = check.case().args(["--loop"]).deadline(30);
    let in_a_pool = check.case().deadline(30);
    for case in [&in_a_loop, &in_a_pool] {
        let ended = check.run(case)?;
        check.line(&ended, LONGEST);
    }
    if check.is_good() {
        check.faster(&in_a_loop, &in_a_pool, 1.2)?;
    }
    Ok(())
}

checker::check!(check);
