//! `count += n`: four tasks that only compute, on two cores.

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use pool::Pool;

use crate::row::{Goal, Row, Unit, floor, ours, python, rust};
use crate::side::{SAMPLE, Size};

const TASKS: usize = 4;
/// The machine gives a few milliseconds now to one program and now to another: one time is of many.
const TIMES: usize = 10;

pub(super) fn rows() -> Vec<Row> {
    vec![Row {
        name: "count-up",
        title: [
            "count += n, 4 tasks of 10,000,000, two cores",
            "count += nを10,000,000回、タスク4個(二つのコア)",
        ],
        unit: Unit::Millis,
        on_demand: false,
        contenders: vec![
            floor("two programs", two_programs),
            // A speed of 0.97 is a time of 1/0.97.
            ours("Pool of 2", in_pool).goal(Goal::Times(1.0 / 0.97, "two programs")),
            ours("two threads", on_threads).goal(Goal::Times(1.0 / 0.97, "two programs")),
            rust("one after another", |size| {
                let n = turns(size);
                super::each(TIMES, || same((0..TASKS).map(|_| count_up(n)).sum(), n))
            }),
            // A part of the first one.
            rust("half of two programs", half),
            python("Python Pool", "count-pool"),
            python("Python threads", "count-threads"),
        ],
    }]
}

fn turns(size: Size) -> u64 {
    size.of(10_000_000) as u64
}

/// The same machine code for all contenders: inlined, it would be another loop in each.
#[inline(never)]
fn count_up(turns: u64) -> u64 {
    let mut count = 0_u64;
    for n in 0..turns {
        count = black_box(count) + n;
    }
    count
}

fn same(sum: u64, turns: u64) -> lesson::Result {
    let expected = TASKS as u64 * (turns * (turns - 1) / 2);
    if sum == expected { Ok(()) } else { Err(format!("{sum} instead of {expected}").into()) }
}

/// One of the two programs: says when it is ready, waits until it may, does two of the four tasks.
fn half(size: Size) -> lesson::Result<f64> {
    let turns = turns(size);
    let mut stdout = std::io::stdout();
    writeln!(stdout)?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    super::each(TIMES, || same(2 * (0..TASKS / 2).map(|_| count_up(turns)).sum::<u64>(), turns))
}

/// The same work in two programs that know nothing of each other: what this machine can do at this moment.
fn two_programs(size: Size) -> lesson::Result<f64> {
    let mut programs = Vec::new();
    for _ in 0..2 {
        let mut command = Command::new("/proc/self/exe");
        command.args([SAMPLE, "count-up", "half of two programs"]);
        if size.is_quick() {
            command.arg(crate::side::QUICK);
        }
        let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut says = BufReader::new(program.stdout.take().ok_or("no output")?);
        says.read_line(&mut String::new())?;
        programs.push((program, says));
    }
    let start = Instant::now();
    for (program, _) in &mut programs {
        drop(program.stdin.take());
    }
    for (program, says) in &mut programs {
        says.read_line(&mut String::new())?;
        program.wait()?;
    }
    Ok(start.elapsed().as_nanos() as f64 / TIMES as f64)
}

fn in_pool(size: Size) -> lesson::Result<f64> {
    let (pool, turns) = (Pool::new(2)?, turns(size));
    pool.map_chunked(count_up, [1000; TASKS], 1)?;
    let all_times = || {
        let sums = pool.map_chunked(count_up, [turns; TASKS * TIMES], 1)?;
        same(sums.iter().sum::<u64>() / TIMES as u64, turns)
    };
    Ok(super::each(1, all_times)? / TIMES as f64)
}

fn on_threads(size: Size) -> lesson::Result<f64> {
    let turns = turns(size);
    let half = move || (0..TASKS / 2 * TIMES).map(|_| count_up(turns)).sum::<u64>();
    let all_times = || {
        let other = thread::spawn(half);
        let sum = half() + other.join().map_err(|_| "an addition panicked")?;
        same(sum / TIMES as u64, turns)
    };
    Ok(super::each(1, all_times)? / TIMES as f64)
}
