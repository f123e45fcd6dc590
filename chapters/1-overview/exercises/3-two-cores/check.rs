//! The check of `overview/3-two-cores`: two processes are at least 1.6 times as fast as one, in the same run.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    let of = |processes: &str| check.case().args(["--processes", processes]).deadline(30);
    let (one, two, three) = (of("1"), of("2"), of("3"));
    // Also shares that do not come out even add up.
    for case in [&one, &three] {
        let ended = check.run(case)?;
        check.line(&ended, "primes: 6057");
    }
    let ended = check.run(&two)?;
    check.line(&ended, "primes: 6057");
    if ended.came_to_its_end() {
        check.together(ended.most_processes() - 1, 2);
    }
    if check.is_good() || check.problems().iter().all(|it| it.name == "together") {
        check.faster(&one, &two, 1.6)?;
    }
    Ok(())
}

checker::check!(check);
