//! The check of `cpu-bound/1-speed-up`: two workers are at least 1.7 times as fast as one, in the same run.

use checker::Check;

const STEPS: &str = "steps: 278198723";

fn check(check: &mut Check) -> checker::Result {
    let of = |workers: &str| check.case().args(["--workers", workers]).deadline(30);
    let (one, two, three) = (of("1"), of("2"), of("3"));
    for case in [&one, &two, &three] {
        let ended = check.run(case)?;
        check.line(&ended, STEPS);
    }
    if check.is_good() {
        check.faster(&one, &two, 1.7)?;
    }
    Ok(())
}

checker::check!(check);
