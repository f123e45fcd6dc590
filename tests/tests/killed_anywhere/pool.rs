//! A pool: its worker, and its parent.

use pool::{Pool, TaskError};
use process::{End, Process};
use tests::killer::{From, Killer, Pace, SOON, everywhere, mark, stepped};

use crate::process::nobody_is_left;

/// The worker is killed between the marks of the third item and the fourth one.
fn square(n: u64) -> u64 {
    if n == 3 || n == 4 {
        mark();
    }
    n * n
}

/// What became of ten items, and of three more when a worker has been replaced.
fn use_a_pool() -> Vec<Option<u64>> {
    stepped(|| {
        let pool = Pool::new(1).expect("a pool");
        let done = |result| match result {
            Ok(square) => Some(square),
            Err(TaskError::WorkerDied { end: End::Signaled(9), .. }) => None,
            Err(error) => panic!("{error}"),
        };
        let mut results: Vec<_> = pool.try_map(square, 0..10).into_iter().map(done).collect();
        results.extend(pool.try_map(square, 10..13).into_iter().map(done));
        results
    })
}

fn worker(killer: &mut Killer) -> &'static str {
    let mut parent = Process::spawn(use_a_pool, ()).expect("a child");
    killer.kill_child_of(&parent, From::Mark);
    let results = parent.join_timeout(SOON).expect("it returns").expect("map returns");
    nobody_is_left();
    let wrong = |&(n, result): &(usize, Option<u64>)| result != Some((n * n) as u64);
    match results.into_iter().enumerate().filter(wrong).collect::<Vec<_>>()[..] {
        [] => "nothing is lost",
        [(3, None)] => "the third item is lost",
        [(4, None)] => "the fourth item is lost",
        ref other => panic!("{other:?}"),
    }
}

pub(crate) fn a_worker_from_one_task_to_the_next() {
    everywhere("a pool's task", Pace::Instruction, 100, worker);
}

fn map() {
    let pool = Pool::new(2).expect("a pool");
    stepped(|| assert_eq!(pool.map(|n: u64| n + 1, 0..20).expect("results").len(), 20));
}

fn parent(killer: &mut Killer) -> &'static str {
    killer.kill(&mut Process::spawn(map, ()).expect("a child"));
    nobody_is_left();
    "the workers ended"
}

pub(crate) fn the_parent_of_a_pool_during_map() {
    everywhere("Pool::map, its parent", Pace::Instruction, 20, parent);
}
