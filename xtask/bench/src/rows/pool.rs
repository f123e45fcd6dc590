//! What a pool costs: to make, for each task, for many tasks.

use std::hint::black_box;

use pool::{Builder, Pool};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::latency::raw_socket;
use super::{each, each_when_warm, told};
use crate::place::{Place, pin};
use crate::row::{Goal, Row, Unit, floor, ours, python, rust};
use crate::side::Size;
use crate::sys;

const TASKS: u64 = 100_000;
/// Handing one task at a time to `procspawn` takes a hundred times as long as to ours.
const FEW_TASKS: u64 = 1_000;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "map-chunks",
            title: [
                "map 100,000 trivial tasks, 2 warm workers, default chunks",
                "軽いタスク100,000個のmap(起動済みワーカー2個、既定のチャンク)",
            ],
            unit: Unit::Millis,
            on_demand: false,
            contenders: vec![
                floor("serial", serial),
                rust("rayon", |size| with_rayon(size, 1)),
                ours("Pool", in_chunks).goal(Goal::Figure(0.5)),
                rust("procspawn, 8 chunks", procspawn_chunks),
                python("Python Pool", "map-chunks"),
            ],
        },
        Row {
            name: "map-each",
            title: ["the same, one task a message", "同上(タスク1個ずつ送信)"],
            unit: Unit::Millis,
            on_demand: false,
            contenders: vec![
                rust("rayon", |size| with_rayon(size, TASKS as usize)),
                ours("Pool", one_by_one).goal(Goal::Figure(25.0)),
                rust("procspawn", procspawn_each).extrapolated(),
                python("Python Pool", "map-each"),
            ],
        },
        Row {
            name: "pool-life",
            title: [
                "pool of 2: make, map 2 tasks, end",
                "ワーカー2個のプール: 作成、タスク2個のmap、終了",
            ],
            unit: Unit::Micros,
            on_demand: false,
            contenders: vec![
                floor("two raw forks", two_forks),
                ours("Pool", life).goal(Goal::Times(3.0, "two raw forks")),
                python("Python Pool, fork", "life-fork"),
                python("Python Pool, spawn", "life-spawn"),
            ],
        },
        Row {
            name: "task-round-trip",
            title: ["one task there and back, two cores", "タスク1個の往復(二つのコア)"],
            unit: Unit::Micros,
            on_demand: false,
            contenders: vec![
                floor("raw packet socket", |size| raw_socket(Place::TwoCores, size)),
                ours("Pool::submit", round_trip).goal(Goal::Times(1.3, "raw packet socket")),
                rust("procspawn", procspawn_round_trip),
                python("Python Pool.apply", "apply"),
            ],
        },
    ]
}

fn task(number: u64) -> u64 {
    black_box(number) + 1
}

/// For a sum over all tasks' results.
fn checked(sum: u64, tasks: u64) -> lesson::Result {
    let expected = tasks * (tasks + 1) / 2;
    if sum == expected { Ok(()) } else { Err(format!("{sum} instead of {expected}").into()) }
}

fn serial(size: Size) -> lesson::Result<f64> {
    each_when_warm(size.of(20), || {
        let results: Vec<u64> = (0..TASKS).map(task).collect();
        checked(results.iter().sum(), TASKS)
    })
}

/// With at least so many parts that threads may take from each other.
fn with_rayon(size: Size, parts: usize) -> lesson::Result<f64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    each_when_warm(size.of(20), || {
        let tasks = (0..TASKS as usize).into_par_iter();
        let most = (TASKS as usize).div_ceil(parts);
        let results: Vec<u64> =
            pool.install(|| tasks.with_max_len(most).map(|n| task(n as u64)).collect());
        checked(results.iter().sum(), TASKS)
    })
}

fn in_chunks(size: Size) -> lesson::Result<f64> {
    let pool = Pool::new(2)?;
    each_when_warm(size.of(20), || checked(pool.map(task, 0..TASKS)?.iter().sum(), TASKS))
}

fn one_by_one(size: Size) -> lesson::Result<f64> {
    let pool = Pool::new(2)?;
    each_when_warm(size.of(10), || {
        checked(pool.map_chunked(task, 0..TASKS, 1)?.iter().sum(), TASKS)
    })
}

fn procspawn_chunks(size: Size) -> lesson::Result<f64> {
    let pool = procspawn::Pool::new(2)?;
    each_when_warm(size.of(20), || {
        let chunks = (0..8).map(|n| (n * TASKS / 8..(n + 1) * TASKS / 8).collect::<Vec<u64>>());
        let handles: Vec<_> = chunks
            .map(|chunk| pool.spawn(chunk, |chunk| chunk.into_iter().map(task).collect()))
            .collect();
        let mut sum = 0;
        for handle in handles {
            let results: Vec<u64> = handle.join().map_err(told)?;
            sum += results.iter().sum::<u64>();
        }
        checked(sum, TASKS)
    })
}

fn procspawn_each(size: Size) -> lesson::Result<f64> {
    let pool = procspawn::Pool::new(2)?;
    let figure = each(size.of(10).min(2), || {
        let handles: Vec<_> = (0..FEW_TASKS).map(|n| pool.spawn(n, task)).collect();
        let mut sum = 0;
        for handle in handles {
            sum += handle.join().map_err(told)?;
        }
        checked(sum, FEW_TASKS)
    })?;
    Ok(figure * (TASKS / FEW_TASKS) as f64)
}

fn two_forks(size: Size) -> lesson::Result<f64> {
    each_when_warm(size.of(100), || {
        let children = [sys::fork(|| Ok(()))?, sys::fork(|| Ok(()))?];
        children.into_iter().try_for_each(sys::Child::join)
    })
}

fn life(size: Size) -> lesson::Result<f64> {
    each_when_warm(size.of(100), || checked(Pool::new(2)?.map(task, 0..2)?.iter().sum(), 2))
}

fn round_trip(size: Size) -> lesson::Result<f64> {
    fn pin_worker(core: usize) {
        pin(core).expect("there are two cores");
    }
    let pool = Builder::new().workers(1).initializer(pin_worker, (1,)).build()?;
    Place::TwoCores.pin_ours()?;
    each_when_warm(size.of(10_000), || checked(pool.submit(task, 0).wait()?, 1))
}

fn procspawn_round_trip(size: Size) -> lesson::Result<f64> {
    let pool = procspawn::Pool::new(1)?;
    each_when_warm(size.of(2000), || checked(pool.spawn(0, task).join().map_err(told)?, 1))
}
