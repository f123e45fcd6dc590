//! The check of `process/6-supervisor`: worker 3 is killed in mid-job, once and then each time; the others are not touched.

use std::time::{Duration, Instant};

use checker::{Check, Running, pid_in};
use lesson::text;

/// Kills the attempt at job 3 while it works; gives the moment. Returns when it is dead.
fn kill(running: &mut Running, attempt: u32) -> Option<Instant> {
    let line = running.kill_when(|line| line.starts_with(&format!("job 3, attempt {attempt} ")))?;
    let (died, pid) = (Instant::now(), pid_in(&line)?);
    // Until then it could take a byte that is meant for another.
    running.until_processes(3, |all| !all.iter().any(|it| it.pid == pid && !it.is_zombie()));
    Some(died)
}

fn check(check: &mut Check) -> checker::Result {
    for deaths in [1, 3] {
        let mut running = check.case().env("CHECKED", "1").interactive().deadline(20).start()?;
        let working =
            |lines: &[String]| lines.iter().filter(|it| it.contains(", attempt 1 ")).count();
        running.until(3, |lines| working(lines) == 4);
        check.together(working(&running.lines()).min(running.children().len()), 4);
        for attempt in 1..=deaths {
            let died = kill(&mut running, attempt);
            if attempt == 1 {
                // The others may end now. If job 3 is to die again, there must not be a byte for it.
                running.give("\n".repeat(if deaths == 1 { 8 } else { 3 }));
            }
            // Another attempt is due after a pause, but for the last.
            let next = format!("job 3, attempt {} ", attempt + 1);
            if let Some(died) = died.filter(|_| attempt < 3)
                && running.line(|line| line.starts_with(&next)).is_some()
                && died.elapsed() < Duration::from_millis(90 * u64::from(attempt))
            {
                check.problem(
                    "backoff",
                    text!(
                        "attempt {attempt} died, and the next one came too soon: wait, longer each time",
                        "{attempt}回目が異常終了した後、次の開始が早すぎます。回を追うごとに長く待ってください"
                    ),
                );
            }
        }
        if deaths == 3 && running.until(2, |lines| lines.iter().any(|it| it.contains("attempt 4")))
        {
            check.problem(
                "attempts",
                text!(
                    "a fourth attempt: give up after the third",
                    "4回目が始まりました。3回であきらめてください"
                ),
            );
            return Ok(());
        }
        running.give("\n".repeat(8));
        let ended = check.finish(running);
        let again = ended
            .lines()
            .into_iter()
            .find(|it| !it.starts_with("job 3") && it.contains("attempt 2"));
        if let Some(again) = again {
            check.problem(
                "again",
                text!(
                    "nobody had died there: {again}",
                    "異常終了していないのにやり直しています: {again}"
                ),
            );
        }
        let third = if deaths == 1 { "job 3: 9" } else { "job 3: gave up" };
        for line in ["job 1: 1", "job 2: 4", third, "job 4: 16"] {
            check.line(&ended, line);
        }
        if !check.is_good() {
            break;
        }
    }
    Ok(())
}

checker::check!(check);
