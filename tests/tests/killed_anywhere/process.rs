//! Starting a process: the child, and its parent.

use std::thread::{park, sleep};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use process::{Builder, End, JoinError, Process, StartMethod};
use queue::{GetError, Receiver, pipe};
use tests::killer::{From, Killer, Pace, SOON, everywhere, stepped};

/// Every process that lost its parent has become this one's child: they have to end. Says how many there were.
pub(crate) fn nobody_is_left() -> usize {
    let (mut ended, deadline) = (0, Instant::now() + SOON);
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::ECHILD) => return ended,
            Ok(WaitStatus::StillAlive) => {
                assert!(Instant::now() < deadline, "a process is left");
                sleep(Duration::from_micros(100));
            }
            other => {
                other.expect("a child that ended");
                ended += 1;
            }
        }
    }
}

fn forked_target(number: u64) -> Vec<u64> {
    vec![number; 3]
}

pub(crate) fn exec_target(number: u64) -> Vec<u64> {
    vec![number; 3]
}

fn start_by_fork() -> Result<Vec<u64>, i32> {
    verdict(stepped(|| Process::spawn(forked_target, (7,)).expect("a child").join()))
}

fn start_by_exec() -> Result<Vec<u64>, i32> {
    let exec = Builder::new().start(StartMethod::Exec);
    verdict(stepped(|| exec.spawn(exec_target, (7,)).expect("a child").join()))
}

/// The value, or the signal.
fn verdict(joined: Result<Vec<u64>, JoinError>) -> Result<Vec<u64>, i32> {
    joined.map_err(|error| match error {
        JoinError::Ended { end: End::Signaled(signal), .. } => signal,
        other => panic!("{other}"),
    })
}

fn child(killer: &mut Killer, mut parent: Process<Result<Vec<u64>, i32>>) -> &'static str {
    killer.kill_child_of(&parent, From::Birth);
    match parent.join_timeout(SOON).expect("it returns").expect("join returns") {
        Ok(value) if value == [7, 7, 7] => "it had ended",
        Err(9) => "a typed error",
        other => panic!("{other:?}"),
    }
}

pub(crate) fn a_child_started_by_fork() {
    everywhere("a forked child", Pace::Instruction, 100, |killer| {
        child(killer, Process::spawn(start_by_fork, ()).expect("a child"))
    });
}

pub(crate) fn a_child_started_by_exec() {
    everywhere("a re-executed child", Pace::Call, 1000, |killer| {
        child(killer, Process::spawn(start_by_exec, ()).expect("a child"))
    });
}

/// Ends only when it is killed.
pub(crate) fn park_for_ever() {
    loop {
        park();
    }
}

/// Ends when nobody holds the other end any more.
pub(crate) fn wait_for_the_end(end: Receiver<u64>) {
    assert!(matches!(end.recv(), Err(GetError::Disconnected)));
}

/// Starts a child that dies with its parent, and one that lives until its pipe ends.
fn start_two(method: StartMethod) {
    let (held, end) = pipe::<u64>().expect("a pipe");
    stepped(|| {
        let start = Builder::new().start(method);
        let _first = start.clone().die_with_parent(true).spawn(park_for_ever, ()).expect("a child");
        let _second = start.spawn(wait_for_the_end, (end,)).expect("a child");
    });
    drop(held);
}

fn fork_two() {
    start_two(StartMethod::Fork);
}

fn exec_two() {
    start_two(StartMethod::Exec);
}

fn parent(killer: &mut Killer, mut parent: Process<()>) -> &'static str {
    killer.kill(&mut parent);
    ["nobody was there", "one child ended", "two children ended"][nobody_is_left()]
}

pub(crate) fn a_parent_during_a_fork() {
    everywhere("spawn by fork, its parent", Pace::Instruction, 40, |killer| {
        parent(killer, Process::spawn(fork_two, ()).expect("a child"))
    });
}

pub(crate) fn a_parent_during_an_exec() {
    everywhere("spawn by exec, its parent", Pace::Call, 1000, |killer| {
        parent(killer, Process::spawn(exec_two, ()).expect("a child"))
    });
}
