//! The four claims, as the library measures them.

#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use overview::{Usage, cores, gil, memory, starting, usage, work};
use testing::Others;

fn a_childs_write_stays_in_the_child() {
    let seen = memory::child_writes(7, 42).unwrap();
    assert_eq!((seen.child_found, seen.child_wrote, seen.parent_sees), (7, 42, 7));
    assert!(seen.is_separate());
}

fn memory_that_leaks_through_would_be_noticed() {
    let mut seen = memory::child_writes(1, 2).unwrap();
    seen.parent_sees = 2;
    assert!(!seen.is_separate());
}

fn two_processes_use_their_own_cpu_time() {
    let one = cores::two_processes(work::ROUNDS / 8).unwrap();
    let twice = cores::two_processes(work::ROUNDS / 4).unwrap();
    assert!(one.cpu > Duration::from_millis(1), "nothing was computed: {one:?}");
    // Half of it was not optimised away: twice the rounds take longer, whatever else the machine does.
    assert!(twice.cpu > one.cpu.mul_f64(1.3), "{one:?} {twice:?}");
}

fn several_cores_are_used_where_there_are_several() {
    if usage::cores() == 1 {
        return;
    }
    for measure in [cores::two_processes, gil::two_threads] {
        let (others, end) = (Others::watch(), Instant::now() + Duration::from_secs(25));
        let shown = || Usage::shown_by(|| measure(work::ROUNDS)).unwrap().shows_several_cores();
        let mut seen = shown();
        while !seen && Instant::now() < end {
            seen = shown();
        }
        if seen {
            continue;
        }
        others.must_excuse("never two cores at work");
    }
}

fn on_one_core_nothing_is_measured_twice() {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;
    let this = Pid::from_raw(0);
    let all = sched_getaffinity(this).unwrap();
    let first = (0..CpuSet::count()).find(|&core| all.is_set(core).unwrap()).unwrap();
    let mut one = CpuSet::new();
    one.set(first).unwrap();
    sched_setaffinity(this, &one).unwrap();
    let measured = std::cell::Cell::new(0);
    let usage = Usage::shown_by(|| {
        measured.set(measured.get() + 1);
        cores::two_processes(work::ROUNDS / 8)
    });
    sched_setaffinity(this, &all).unwrap();
    assert_eq!(measured.get(), 1);
    assert!(!usage.unwrap().shows_several_cores());
}

fn the_cost_of_starting_is_a_median_of_both() {
    let mut ratios = Vec::new();
    // A busy machine may turn one comparison upside down.
    while !ratios.iter().any(|&ratio| ratio > 1.0) {
        let cost = starting::compare(21).unwrap();
        assert!(cost.process > Duration::ZERO && cost.thread > Duration::ZERO);
        ratios.push(cost.ratio());
        assert!(ratios.len() < 10, "processes were cheaper than threads: {ratios:?}");
    }
}

fn main() -> ExitCode {
    testing::tests![
        a_childs_write_stays_in_the_child,
        memory_that_leaks_through_would_be_noticed,
        two_processes_use_their_own_cpu_time,
        several_cores_are_used_where_there_are_several,
        on_one_core_nothing_is_measured_twice,
        the_cost_of_starting_is_a_median_of_both,
    ]
}
