//! The check of `cpu-bound/4-abort`: two of eight parts fail, and the others arrive.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    let mut ended = check.run(&check.case())?;
    // The reason is the answer's own.
    let without_reason = |line: &str| match line.split_once(": failed") {
        Some((part, _)) => format!("{part}: failed\n"),
        None => format!("{line}\n"),
    };
    ended.stdout = ended.stdout.lines().map(without_reason).collect();
    let line = |part: u64| match part {
        5 | 7 => format!("part {part}: failed"),
        _ => format!("part {part}: {part}0000000"),
    };
    let mut wanted: Vec<String> = (1..=8).map(line).collect();
    wanted.push("sum of the others: 240000000".to_owned());
    check.lines(&ended, &wanted);
    Ok(())
}

checker::check!(check);
