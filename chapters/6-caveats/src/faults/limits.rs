//! A machine that has run out of something, or never had it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use lesson::text;
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{Resource, setrlimit};
use pool::{Pool, PoolError, TaskError};
use process::{Process, SpawnError};
use queue::{PutError, Queue};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use serde_bytes::ByteBuf;

use super::stage::{Seen, Stage};
use crate::Value;

fn sum(n: u32) -> u32 {
    (0..=n).sum()
}

/// 28: no file may grow beyond 1 MiB, be it in memory only: as with a full disk.
pub(super) fn no_room(stage: &mut Stage) -> Seen {
    setrlimit(Resource::RLIMIT_FSIZE, 1 << 20, 1 << 20)?;
    let queue = Queue::new(8)?;
    let large = ByteBuf::from(vec![7; 10 << 20]);
    let refused = queue.put(large);
    let Err(PutError::System { item, source: Errno::EFBIG }) = refused else {
        return Err(format!("{refused:?}").into());
    };
    holds!(item.len() == 10 << 20);
    stage.note(PutError::System { item, source: Errno::EFBIG });
    queue.put(ByteBuf::from([1]))?;
    holds!(queue.get()?.len() == 1);
    let pool = Pool::new(2)?;
    let results = pool.try_map(|n: usize| ByteBuf::from(vec![7; n]), [10, 10 << 20, 20]);
    let Err(error @ TaskError::NotCoded { item: 1, .. }) = &results[1] else {
        return Err(format!("{:?}", results[1].as_ref().map(|it| it.len())).into());
    };
    stage.note(error);
    holds!(results[0].is_ok() && results[2].is_ok());
    Ok(text!(
        "put gives the large item back; a task with a large result has an error, the others their results",
        "putは、送れなかった大きな項目を返す。結果の大きいタスクだけがエラーになり、ほかの結果は届く"
    ))
}

/// Lets nobody write to `/tmp` and `/dev/shm`, in a mount namespace of this process alone.
fn without_named_files() -> nix::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)
        .or_else(|_| unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUSER))?;
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    for folder in ["/tmp", "/dev/shm"] {
        mount(Some("none"), folder, Some("tmpfs"), MsFlags::MS_RDONLY, none)?;
    }
    Ok(())
}

/// 29: `/tmp` and `/dev/shm` cannot be written to.
pub(super) fn read_only(stage: &mut Stage) -> Seen {
    if let Err(error) = without_named_files() {
        // Nothing was shown then, and nothing is claimed.
        return Ok(text!(
            "NOT TRIED: this machine permits no mount namespace ({error})",
            "未検証: このマシンではマウント名前空間を作れません({error})"
        ));
    }
    for folder in ["/tmp", "/dev/shm"] {
        let refused = File::create(format!("{folder}/x")).map(drop);
        holds!(
            refused.as_ref().is_err_and(|it| it.kind() == io::ErrorKind::ReadOnlyFilesystem),
            refused
        );
    }
    stage.note(text!("/tmp and /dev/shm refuse a file", "/tmpと/dev/shmにはファイルを作れない"));
    let queue = Queue::new(8)?;
    queue.put(ByteBuf::from(vec![7; 10_000_000]))?;
    holds!(queue.get()?.len() == 10_000_000);
    let value = Value::new(1_u64)?;
    let add = |value: Value<u64>| value.update(|it| *it += 1).is_ok();
    holds!(Process::spawn(add, (value.clone(),))?.join()? && value.get()? == 2);
    let pool = Pool::new(2)?;
    holds!(pool.map(sum, 0..100)?.len() == 100);
    Ok(text!(
        "queue, value and pool work: nothing of them has a name",
        "キュー、Value、プールは動く。どれもファイル名を持たない"
    ))
}

/// 30: no descriptor is left, when a pool is made and later when results come in.
pub(super) fn no_descriptors(stage: &mut Stage) -> Seen {
    let working = Pool::new(2)?;
    let mut taken = Vec::new();
    setrlimit(Resource::RLIMIT_NOFILE, 64, 1024)?;
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    let refused = Pool::new(2);
    let refusal = match &refused {
        Err(error @ (PoolError::System { .. } | PoolError::Spawn { .. })) => error.to_string(),
        _ => return Err(format!("{refused:?}").into()),
    };
    stage.note(&refusal);
    holds!(Value::new(1_u64).err() == Some(Errno::EMFILE));
    let small = working.map(sum, 0..100)?.len();
    let large = working.try_map(|n: usize| ByteBuf::from(vec![7; n]), [10, 30 << 20]);
    holds!(small == 100 && large[0].is_ok(), small);
    if let Err(error) = &large[1] {
        holds!(matches!(error, TaskError::NotCoded { item: 1, .. }), error);
        stage.note(error);
    }
    drop(taken);
    holds!(Pool::new(2)?.map(sum, [3])? == [6]);
    Ok(text!(
        "no new pool, but an error that says why; the old pool goes on",
        "新しいプールは作れず、理由のわかるエラーになる。既存のプールは続行"
    ))
}

/// Has the kernel refuse new processes and threads from here on, as `ulimit -u` does (which the superuser is not bound by).
fn refuse_processes() -> lesson::Result {
    let calls: &[i64] = &[
        libc::SYS_clone,
        libc::SYS_clone3,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_fork,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_vfork,
    ];
    let calls: BTreeMap<_, _> = calls.iter().map(|&call| (call, Vec::new())).collect();
    let refuse = SeccompAction::Errno(libc::EAGAIN as u32);
    let processor = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(calls, SeccompAction::Allow, refuse, processor)?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?)?;
    Ok(())
}

/// 31: no process may be started any more, not even to replace a worker.
pub(super) fn no_processes(stage: &mut Stage) -> Seen {
    let pool = Pool::new(2)?;
    refuse_processes()?;
    let refused = Process::spawn(sum, (3,));
    let Err(error @ SpawnError::System { source: Errno::EAGAIN, .. }) = refused else {
        return Err(format!("{refused:?}").into());
    };
    stage.note(error);
    let ends = |n: u32| if n == 50 || n == 70 { std::process::exit(1) } else { n };
    let results = pool.try_map(ends, 0..100);
    let died = |it: &&Result<u32, TaskError>| matches!(it, Err(TaskError::WorkerDied { .. }));
    let none_left = |it: &&Result<u32, TaskError>| matches!(it, Err(TaskError::NoWorkers { .. }));
    let died = results.iter().filter(died).count();
    let left_over = results.iter().filter(none_left).count();
    let arrived = results.iter().flatten().count();
    holds!(died == 2 && arrived + died + left_over == 100, arrived, died, left_over);
    if let Some(Err(error)) = results.iter().find(none_left) {
        stage.note(error);
    }
    Ok(text!(
        "spawn says why; a pool goes on with the workers it has, and says so when it has none",
        "spawnは理由を示す。プールは残ったワーカーで続行し、一つも残らなければそれを伝える"
    ))
}

/// 37: nobody reads standard output any more, as after `| head -1`.
pub(super) fn closed_stdout(stage: &mut Stage) -> Seen {
    let (reader, writer) = io::pipe()?;
    drop(reader);
    nix::unistd::dup2_stdout(&writer)?;
    drop(writer);
    let pool = Pool::new(2)?;
    let speak = |n: u32| {
        println!("task {n}");
        n
    };
    let results = pool.try_map(speak, 0..10);
    let panicked = |it: &&Result<u32, TaskError>| matches!(it, Err(TaskError::Panicked { .. }));
    let errors = results.iter().filter(panicked).count();
    holds!(errors == 10, results);
    if let Err(error) = &results[0] {
        stage.note(error);
    }
    holds!(pool.map(sum, [3])? == [6]);
    Ok(text!(
        "tasks that print have an error each; the pool goes on and ends",
        "出力するタスクはそれぞれエラーになる。プールは続行でき、終了もできる"
    ))
}
