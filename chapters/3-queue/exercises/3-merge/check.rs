//! The check of `queue/3-merge`: every entry once, in order, and no more memory for many than for few.

use checker::{Check, Ended};

fn look_at(check: &mut Check, ended: &Ended, times: u64) {
    if ended.came_to_its_end() {
        let time = |line: &str| line.split_once(" source ")?.0.parse().ok();
        let found: Vec<u64> = ended.lines().into_iter().filter_map(time).collect();
        // Where the order is wrong among a few hundred, there is no need to look at more.
        let first = &found[..found.len().min(500)];
        let mut wanted = first.to_vec();
        wanted.sort_unstable();
        check.order(first, &wanted);
        check.items(found, 0..times);
    }
}

fn check(check: &mut Check) -> checker::Result {
    let few = check.run(&check.case().args(["--times", "300"]))?;
    look_at(check, &few, 300);
    if check.is_good() {
        // Together 120 MB, of which no process needs more than one entry.
        let many = check.case().args(["--times", "30000"]).memory(64).deadline(20);
        let many = check.run(&many)?;
        look_at(check, &many, 30_000);
    }
    Ok(())
}

checker::check!(check);
