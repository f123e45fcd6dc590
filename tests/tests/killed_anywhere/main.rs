//! One side of every operation is killed after each of its instructions: nobody hangs, and the accounting holds.
//!
//! `LESSON_KILL=all cargo test -p tests --test killed_anywhere` tries every instruction; without it some, and all where
//! the others see a difference. With `--nocapture`: how many there are, and what was seen.

mod lock;
mod messages;
mod pool;
mod process;

use std::process::ExitCode;

fn main() -> ExitCode {
    ::process::register(process::exec_target);
    ::process::register(process::park_for_ever);
    ::process::register(process::wait_for_the_end);
    tests::killer::stay_on_one_core();
    // Whoever loses its parent becomes a child of this process, which sees whether it ends.
    nix::sys::prctl::set_child_subreaper(true).expect("a system call on a number");
    testing::tests![
        messages::a_producer_of_a_queue,
        messages::a_producer_of_a_queue_with_a_large_item,
        messages::a_consumer_of_a_queue,
        messages::a_consumer_of_a_queue_with_a_large_item,
        messages::a_producer_of_a_ring,
        messages::a_producer_of_a_ring_with_a_larger_item,
        messages::a_producer_of_a_ring_with_a_giant,
        messages::a_consumer_of_a_ring,
        messages::a_consumer_of_a_ring_with_a_larger_item,
        messages::a_consumer_of_a_ring_with_a_giant,
        lock::who_changes_two_numbers_under_a_lock,
        lock::who_waits_for_a_lock,
        lock::who_updates_a_value,
        pool::a_worker_from_one_task_to_the_next,
        pool::the_parent_of_a_pool_during_map,
        process::a_child_started_by_fork,
        process::a_child_started_by_exec,
        process::a_parent_during_a_fork,
        process::a_parent_during_an_exec,
    ]
}
