//! The check of `process/2-end-of-file`: the counter sees the end, whether there is much to count or nothing.

use checker::Check;

fn check(check: &mut Check) -> checker::Result {
    // More than a pipe holds: the writer has to wait for the counter. And nothing but the end.
    for lines in [10_000, 10, 0] {
        let ended = check.run(&check.case().args(["--lines", &lines.to_string()]))?;
        check.line(&ended, &format!("lines: {lines}"));
    }
    Ok(())
}

checker::check!(check);
