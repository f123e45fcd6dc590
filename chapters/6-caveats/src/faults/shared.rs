//! Shared memory whose owner dies, and what two processes add to it at once.

use std::time::Duration;

use lesson::text;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, pause, setpgid};
use pool::Pool;
use process::Process;
use queue::{Connection, Queue, Sender, duplex, pipe};
use serde_bytes::ByteBuf;

use super::seen::{running_in_group, within};
use super::stage::{Seen, Stage, read};
use crate::updates::{How, two_processes};
use crate::{SharedError, Value};

fn hold(value: Value<[u64; 2]>, parent: Connection<(), ()>) -> Result<(), String> {
    let mut value = value.lock().map_err(|error| error.to_string())?;
    value[0] -= 30;
    parent.send(()).map_err(|error| error.to_string())?;
    // Here it is killed.
    let _ = parent.recv();
    value[1] += 30;
    Ok(())
}

/// 8: the owner of a Value's lock is killed in the middle of a change.
pub(super) fn lock_owner(stage: &mut Stage) -> Seen {
    let value = Value::new([100, 0])?;
    let (ours, theirs) = duplex()?;
    let mut child = Process::spawn(hold, (value.clone(), theirs))?;
    ours.recv()?;
    child.kill()?;
    child.wait()?;
    let told = value.get();
    let Err(error @ SharedError::OwnerDied) = told else { return Err(format!("{told:?}").into()) };
    stage.note(error);
    let found = value.get()?;
    holds!(found == [70, 0], found);
    Ok(text!(
        "the next owner gets the lock at once, and is told",
        "次の持ち主はすぐにロックを取得でき、そのことを知らされる"
    ))
}

/// 20: two processes add 1 to one number, 100,000 times each.
pub(super) fn two_add(_: &mut Stage) -> Seen {
    for how in [How::Lock, How::Atomic] {
        let updates = two_processes(how, 100_000)?;
        holds!(updates.made == 200_000 && updates.lost() == 0, how, updates);
    }
    Ok(text!(
        "200000 of 200000 arrive, under the lock and as an atomic",
        "ロックでもアトミック操作でも、200000回中200000回が反映される"
    ))
}

/// Has everything that shares memory, and says when.
fn own_everything(ready: Sender<()>) -> Result<(), String> {
    let error = |error: &dyn std::fmt::Display| error.to_string();
    setpgid(Pid::from_raw(0), Pid::from_raw(0)).map_err(|it| error(&it))?;
    let value = Value::new([1_u64; 4096]).map_err(|it| error(&it))?;
    let queue = Queue::new(8).map_err(|it| error(&it))?;
    queue.put(ByteBuf::from(vec![1; 10_000_000])).map_err(|it| error(&it))?;
    let pool = Pool::new(2).map_err(|it| error(&it))?;
    let _task = pool.submit(|()| pause(), ());
    ready.send(()).map_err(|it| error(&it))?;
    pause();
    drop((value, queue));
    Ok(())
}

/// 15: the owner of shared memory is killed with its whole group, so that nobody is left to clean up.
pub(super) fn group_killed(stage: &mut Stage) -> Seen {
    let (sender, ready) = pipe()?;
    let mut child = Process::spawn(own_everything, (sender,))?;
    ready.recv()?;
    let pid = child.pid();
    // What a file system would keep has a name there: no shared mapping and no descriptor of it may have one.
    let mut shared = 0;
    for line in read(&format!("/proc/{pid}/maps"))?.lines() {
        if line.split(' ').nth(1).is_some_and(|mode| mode.ends_with('s')) {
            holds!(line.contains(" /memfd:") && line.ends_with(" (deleted)"), line);
            shared += 1;
        }
    }
    holds!(shared > 2, shared);
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd"))?.flatten() {
        let target = std::fs::read_link(entry.path())?.display().to_string();
        let unnamed = ["socket:", "anon_inode:", "pipe:", "pidfd:", "/memfd:", "/dev/"];
        // Standard input, output and error are the reader's.
        let standard = entry.file_name().to_str().is_some_and(|it| matches!(it, "0" | "1" | "2"));
        holds!(standard || unnamed.iter().any(|kind| target.starts_with(kind)), target);
    }
    killpg(pid, Signal::SIGKILL)?;
    child.wait()?;
    holds!(within(Duration::from_secs(1), || running_in_group(pid) == 0), running_in_group(pid));
    stage.note(text!(
        "{shared} shared mappings, none with a name",
        "共有マッピング{shared}個、名前のあるものはない"
    ));
    Ok(text!(
        "nothing had a name in a file system, so nothing is left",
        "ファイルシステムに名前を持つものがないので、何も残らない"
    ))
}
