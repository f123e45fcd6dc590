//! Starting and joining a process that does nothing, and what a worker weighs.

use std::fs;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::thread;

use pool::{Builder as PoolBuilder, Pool};
use process::{Builder, Process, StartMethod};

use super::{each_when_warm, told};
use crate::row::{Goal, Row, Unit, floor, ours, python, rust};
use crate::side::{NOTHING, Size};
use crate::sys;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "start-small",
            title: [
                "start and join a process, small parent",
                "プロセスの開始と終了待ち(小さな親プロセス)",
            ],
            unit: Unit::Micros,
            on_demand: false,
            contenders: vec![
                floor("raw fork", raw_fork),
                ours("Process, fork", fork).goal(Goal::Times(1.15, "raw fork")),
                floor("bare re-exec", re_exec),
                ours("Process, exec", exec).goal(Goal::Times(1.2, "bare re-exec")),
                rust("Command /bin/true", command),
                rust("procspawn", start_procspawn),
                rust("std::thread", start_thread),
                python("Python fork", "start-fork"),
                python("Python forkserver", "start-forkserver"),
                python("Python spawn", "start-spawn"),
            ],
        },
        Row {
            name: "start-1gib",
            title: ["the same, the parent holds 1 GiB", "同上(親プロセスが1 GiBを保持)"],
            unit: Unit::Micros,
            on_demand: false,
            contenders: vec![
                floor("raw fork", |size| with_a_gib(size, raw_fork)),
                ours("Process, fork", |size| with_a_gib(size, fork))
                    .goal(Goal::Times(1.15, "raw fork")),
                floor("bare re-exec", |size| with_a_gib(size, re_exec)),
                ours("Process, exec", |size| with_a_gib(size, exec))
                    .goal(Goal::Times(1.2, "bare re-exec")),
                rust("Command /bin/true", |size| with_a_gib(size, command)),
                rust("procspawn", |size| with_a_gib(size, start_procspawn)),
                rust("std::thread", |size| with_a_gib(size, start_thread)),
                python("Python fork", "start-fork-1gib"),
                python("Python forkserver", "start-forkserver-1gib"),
            ],
        },
        Row {
            name: "start-thread",
            title: ["start and join a thread", "スレッドの開始と終了待ち"],
            unit: Unit::Micros,
            on_demand: false,
            contenders: vec![
                floor("std::thread", start_thread),
                rust("rayon, warm", warm_rayon),
                python("Python threading", "start-thread"),
            ],
        },
        Row {
            name: "idle-worker",
            title: ["private memory of an idle worker", "待機中のワーカーの専有メモリ"],
            unit: Unit::KiB,
            on_demand: false,
            contenders: vec![
                ours("Pool, fork", |_| idle_worker(StartMethod::Fork)).goal(Goal::Figure(307.0)),
                ours("Pool, exec", |_| idle_worker(StartMethod::Exec)),
                python("Python Pool, fork", "idle-fork"),
                python("Python Pool, spawn", "idle-spawn"),
            ],
        },
    ]
}

/// What a started process or thread does.
pub(crate) fn nothing() {}

fn with_a_gib(size: Size, sample: fn(Size) -> lesson::Result<f64>) -> lesson::Result<f64> {
    let ballast = vec![1_u8; 1 << 30];
    let figure = sample(size.tenth());
    black_box(&ballast);
    figure
}

fn raw_fork(size: Size) -> lesson::Result<f64> {
    each_when_warm(size.of(200), || sys::fork(|| Ok(()))?.join())
}

fn fork(size: Size) -> lesson::Result<f64> {
    each_when_warm(size.of(200), || Ok(Process::spawn(nothing, ())?.join()?))
}

fn re_exec(size: Size) -> lesson::Result<f64> {
    let mut command = Command::new("/proc/self/exe");
    command.arg(NOTHING);
    run_often(size, command)
}

fn exec(size: Size) -> lesson::Result<f64> {
    let builder = Builder::new().start(StartMethod::Exec);
    each_when_warm(size.of(100), || Ok(builder.spawn(nothing, ())?.join()?))
}

fn command(size: Size) -> lesson::Result<f64> {
    run_often(size, Command::new("/bin/true"))
}

fn run_often(size: Size, mut command: Command) -> lesson::Result<f64> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    each_when_warm(size.of(100), || match command.status()?.success() {
        true => Ok(()),
        false => Err("a process that does nothing failed".into()),
    })
}

fn start_procspawn(size: Size) -> lesson::Result<f64> {
    each_when_warm(size.of(100), || procspawn::spawn((), |()| ()).join().map_err(told))
}

fn start_thread(size: Size) -> lesson::Result<f64> {
    each_when_warm(size.of(1000), || {
        thread::spawn(nothing).join().map_err(|_| "a thread that does nothing panicked".into())
    })
}

fn warm_rayon(size: Size) -> lesson::Result<f64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    each_when_warm(size.of(1000), || {
        pool.install(nothing);
        Ok(())
    })
}

fn idle_worker(method: StartMethod) -> lesson::Result<f64> {
    let pool: Pool = PoolBuilder::new().workers(2).start(method).build()?;
    // It has worked before it is idle.
    pool.map(|n: u64| n + 1, 0..100)?;
    let pid = *pool.pids().first().ok_or("a pool without workers")?;
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let private = rollup.lines().filter(|line| line.starts_with("Private_"));
    let kib = private.filter_map(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    Ok(kib.sum())
}
