//! The check of `comparison/1-isolate`: two of five documents end who reads them, and the others are counted.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    let mut ended = check.run(&check.case())?;
    // The reason is the answer's own.
    let without_reason = |line: &str| match line.split_once(": failed") {
        Some((document, _)) => format!("{document}: failed\n"),
        None => format!("{line}\n"),
    };
    ended.stdout = ended.stdout.lines().map(without_reason).collect();
    let wanted = [
        "document 1: 100 words",
        "document 2: failed",
        "document 3: 300 words",
        "document 4: failed",
        "document 5: 500 words",
        "all documents were tried",
    ];
    check.lines(&ended, &wanted);
    Ok(())
}

checker::check!(check);
