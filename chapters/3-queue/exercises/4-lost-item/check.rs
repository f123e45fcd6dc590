//! The check of `queue/4-lost-item`: one worker of three is killed in mid-job, then two; nothing is lost, nothing done twice.

use checker::Check;
use lesson::text;

const JOBS: u32 = 12;

fn check(check: &mut Check) -> checker::Result {
    for killed in [&[2_u32][..], &[1, 3]] {
        let mut running = check.case().env("CHECKED", "1").interactive().start()?;
        // Each worker says which job it has and waits for a byte: so three jobs are begun, and none is done.
        let begun =
            |lines: &[String]| lines.iter().filter(|it| it.contains(", attempt 1 ")).count();
        running.until(3, |lines| begun(lines) >= 3);
        check.together(begun(&running.lines()).min(running.children().len()), 3);
        for job in killed {
            running.kill_when(|line| line.starts_with(&format!("job {job}, attempt 1 ")));
        }
        running.give("\n".repeat(64));
        let ended = check.finish(running);
        if ended.came_to_its_end() {
            let results = ended.after("result ").map(str::to_owned);
            check.items(results, (1..=JOBS).map(|job| format!("{job}: {}", job * job)));
            let again = |job: &u32| ended.stdout.contains(&format!("job {job}, attempt 2 "));
            if let Some(job) = (1..=JOBS).filter(|job| !killed.contains(job)).find(again) {
                check.problem(
                    "twice",
                    text!(
                        "job {job} was done twice, though its worker lived",
                        "ワーカーが無事だったジョブ{job}を二度実行しています"
                    ),
                );
            }
        }
    }
    Ok(())
}

checker::check!(check);
