//! Each row measured with tiny sizes, and what the measurement itself promises.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::process::ExitCode;
use std::time::Duration;

use comparison::isolation::{self, winner};
use comparison::threads::Threads;
use comparison::{
    COSTS, ISOLATIONS, Kind, Measured, ROWS, Row, Sizes, Spread, Unit, Way, interleaved,
};
use testing::children_left;

fn tiny() -> Sizes {
    Sizes {
        numbers: 2_000,
        waits: 5,
        wait: Duration::from_millis(3),
        tasks: 40,
        table: 100_000,
        starts: 3,
    }
}

fn row(id: &str) -> &'static Row {
    ROWS.iter().chain(&COSTS).find(|row| row.id == id).unwrap()
}

fn measured(id: &str, rounds: usize) -> Measured {
    (row(id).measure)(&tiny(), rounds).unwrap()
}

fn every_row_has_a_sample_of_each_way_for_each_round() {
    for Row { id, .. } in ROWS.iter().chain(&COSTS) {
        let measured = measured(id, 3);
        let both = [Kind::Processes, Kind::Threads].map(|kind| measured.best(kind));
        for way in measured.others().into_iter().chain(both) {
            assert_eq!(way.spread.samples.len(), 3, "{id} {way:?}");
            assert!(way.spread.samples.iter().all(|&sample| sample > 0.0), "{id} {way:?}");
        }
        assert_eq!(children_left(), None, "{id}");
    }
}

fn rows_follow_one_another_without_a_thread_in_the_way_of_a_fork() {
    for _ in 0..5 {
        for id in ["light_tasks", "compute_bound", "io_bound", "data_sharing"] {
            measured(id, 1);
        }
    }
}

fn nobody_returns_from_a_wait_too_early() {
    let measured = measured("io_bound", 3);
    for kind in [Kind::Processes, Kind::Threads] {
        let spread = &measured.best(kind).spread;
        assert!(spread.samples.iter().all(|&milliseconds| milliseconds >= 3.0), "{spread:?}");
        // The waits are at the same time, not one after another.
        assert!(spread.median < 5.0 * 3.0 * 10.0, "{spread:?}");
    }
}

fn processes_are_judged_by_the_better_of_two_ways_to_share() {
    let measured = measured("data_sharing", 3);
    let others = measured.others();
    assert_eq!(others.len(), 1);
    let best = measured.best(Kind::Processes);
    assert_eq!(others[0].kind, Kind::Processes);
    assert_ne!(best.name, others[0].name);
    assert!(best.spread.median <= others[0].spread.median);
}

fn the_best_speed_up_is_the_highest_and_the_best_time_the_lowest() {
    let ways = || {
        let way = |kind, name: &str, figure| Way {
            kind,
            name: name.to_owned(),
            spread: Spread::of(vec![figure; 3]),
        };
        vec![
            way(Kind::Processes, "low", 1.0),
            way(Kind::Processes, "high", 2.0),
            way(Kind::Threads, "threads", 1.5),
        ]
    };
    assert_eq!(Measured::new(Unit::Times, ways()).best(Kind::Processes).name, "high");
    assert_eq!(Measured::new(Unit::Seconds, ways()).best(Kind::Processes).name, "low");
}

fn twice_the_work_takes_longer() {
    let sizes = |numbers| Sizes { numbers, ..tiny() };
    let seconds = |numbers| {
        let measured = (row("compute_bound").measure)(&sizes(numbers), 5).unwrap();
        [Kind::Processes, Kind::Threads].map(|kind| measured.best(kind).spread.median)
    };
    let (less, more) = (seconds(20_000), seconds(200_000));
    assert!(more[0] > less[0] * 2.0 && more[1] > less[1] * 2.0, "{less:?} {more:?}");
}

fn a_measurement_that_fails_ends_the_rounds() {
    let mut turns = 0;
    let failed = interleaved(
        5,
        [&mut || {
            turns += 1;
            if turns == 3 { Err("no more".into()) } else { Ok(1.0) }
        }],
    );
    assert_eq!(failed.unwrap_err().to_string(), "no more");
    assert_eq!(turns, 3);
}

fn a_thread_pool_keeps_the_order_and_tells_of_a_panic() {
    let threads = Threads::new(3, |number: u32| {
        if number == 7 {
            // Without a message: the hook would print it.
            std::panic::resume_unwind(Box::new(()));
        }
        number * number
    })
    .unwrap();
    let squares: Vec<u32> = (10..60).map(|number| number * number).collect();
    assert_eq!(threads.map(10..60).unwrap(), squares);
    threads.map([7]).unwrap_err();
    drop(threads);
    // They are joined: this forks.
    measured("compute_bound", 1);
}

fn harm_stays_in_a_process_and_reaches_all_threads() {
    for isolation in &ISOLATIONS {
        let both = isolation.both().unwrap();
        assert_eq!(winner(&both), Some(Kind::Processes), "{both:#?}");
        assert_eq!(children_left(), None, "{}", isolation.id);
    }
    // Nothing of it stays with this process: it can still open files, and its table is whole again.
    std::fs::File::open("/dev/null").unwrap();
    assert!((isolation::memory::show)(Kind::Processes).unwrap().isolated);
}

fn a_thread_takes_some_memory_in_every_round() {
    let measured = measured("memory", 3);
    let threads = &measured.best(Kind::Threads).spread;
    assert!(threads.samples.iter().all(|&kibibytes| kibibytes >= 4.0), "{threads:?}");
    let processes = &measured.best(Kind::Processes).spread;
    assert!(processes.median > threads.median && processes.median < 1024.0, "{processes:?}");
}

fn main() -> ExitCode {
    testing::tests![
        every_row_has_a_sample_of_each_way_for_each_round,
        rows_follow_one_another_without_a_thread_in_the_way_of_a_fork,
        nobody_returns_from_a_wait_too_early,
        processes_are_judged_by_the_better_of_two_ways_to_share,
        the_best_speed_up_is_the_highest_and_the_best_time_the_lowest,
        twice_the_work_takes_longer,
        a_measurement_that_fails_ends_the_rounds,
        a_thread_pool_keeps_the_order_and_tells_of_a_panic,
        harm_stays_in_a_process_and_reaches_all_threads,
        a_thread_takes_some_memory_in_every_round,
    ]
}
