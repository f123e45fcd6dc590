//! The check of `cpu-bound/3-serial-part`: with two workers at least 1.7 times as fast as with one, in the same run.

use checker::Check;

const MISTAKES: &str = "mistakes: 166";

fn check(check: &mut Check) -> checker::Result {
    let of = |workers: &str| check.case().args(["--workers", workers]).deadline(30);
    let (one, two) = (of("1"), of("2"));
    for case in [&one, &two] {
        let ended = check.run(case)?;
        check.line(&ended, MISTAKES);
    }
    if check.is_good() {
        check.faster(&one, &two, 1.7)?;
    }
    Ok(())
}

checker::check!(check);
