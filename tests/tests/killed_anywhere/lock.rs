//! The lock in shared memory: the next owner is told.

use std::{fs, thread};

use caveats::{SharedError, Value};
use process::Process;
use queue::shared::Locked;
use queue::{Connection, Receiver, Sender, duplex, pipe};
use tests::killer::{Killer, Pace, SOON, everywhere, go_to_other_cores, stepped};

fn change_both(numbers: Locked<u64>) {
    stepped(|| {
        let mut guard = numbers.lock().expect("a lock");
        guard[0] += 1;
        guard[1] += 1;
    });
}

/// The next owner, in a process of its own, which can be waited for with a deadline.
fn look_at_both(numbers: Locked<u64>) -> (bool, u64, u64) {
    let guard = numbers.lock().expect("a lock");
    (guard.previous_owner_died(), guard[0], guard[1])
}

fn locked(killer: &mut Killer) -> &'static str {
    let numbers = Locked::new(&[0_u64, 0]).expect("memory");
    killer.kill(&mut Process::spawn(change_both, (numbers.clone(),)).expect("a child"));
    let mut next = Process::spawn(look_at_both, (numbers.clone(),)).expect("a child");
    let seen = next.join_timeout(SOON).expect("it returns").expect("the lock is got");
    // Once told, it is a lock like any other.
    let mut third = Process::spawn(look_at_both, (numbers,)).expect("a child");
    let again = third.join_timeout(SOON).expect("it returns").expect("the lock is got");
    assert_eq!(again, (false, seen.1, seen.2));
    match seen {
        (false, 0, 0) => "nothing",
        (false, 1, 1) => "both changed",
        (true, 1, 0) => "told of one change",
        (true, 0, 0) => "told before a change",
        (true, 1, 1) => "told after both changes",
        other => panic!("nobody was told: {other:?}"),
    }
}

/// Holds the lock until both others sleep on it, lets it go, takes it again before the one that was woken, and keeps it
/// until that one sleeps again or is gone.
fn hold(
    numbers: Locked<u64>,
    pids: Receiver<[i32; 2]>,
    victim: Receiver<()>,
    other: Connection<(), ()>,
) {
    go_to_other_cores();
    let guard = numbers.lock().expect("a lock");
    let [first, second] = pids.recv().expect("their pids");
    victim.recv().expect("it begins");
    let there = sleeps_or_is_gone(first);
    other.send(()).expect("it is there");
    other.recv().expect("it begins");
    sleeps_or_is_gone(second);
    drop(guard);
    let guard = numbers.lock().expect("a lock");
    if there {
        sleeps_or_is_gone(first);
    }
    drop(guard);
}

/// Waits until a process sleeps. `false`: it is gone.
fn sleeps_or_is_gone(pid: i32) -> bool {
    loop {
        match fs::read_to_string(format!("/proc/{pid}/stat")) {
            Ok(line) if line.contains(") S ") => return true,
            Ok(line) if !line.contains(") Z ") => thread::yield_now(),
            _ => return false,
        }
    }
}

fn wait_for_it(numbers: Locked<u64>, begun: Sender<()>) {
    begun.send(()).expect("somebody listens");
    stepped(|| drop(numbers.lock().expect("a lock")));
}

fn wait_for_it_too(numbers: Locked<u64>, owner: Connection<(), ()>) {
    owner.recv().expect("the other one waits");
    owner.send(()).expect("somebody listens");
    drop(numbers.lock().expect("a lock"));
}

fn waiting(killer: &mut Killer) -> &'static str {
    let numbers = Locked::new(&[0_u64]).expect("memory");
    let (pids, for_owner) = pipe().expect("a pipe");
    let (begun, victim) = pipe().expect("a pipe");
    let (here, there) = duplex().expect("a pipe");
    let owner = (numbers.clone(), for_owner, victim, here);
    let mut owner = Process::spawn(hold, owner).expect("a child");
    let mut victim = Process::spawn(wait_for_it, (numbers.clone(), begun)).expect("a child");
    let mut other = Process::spawn(wait_for_it_too, (numbers, there)).expect("a child");
    pids.send([victim.pid().as_raw(), other.pid().as_raw()]).expect("the owner is there");
    killer.kill(&mut victim);
    other.join_timeout(SOON).expect("it returns").expect("the lock is got");
    owner.join_timeout(SOON).expect("it returns").expect("the lock is got");
    "the other got it"
}

fn update(value: Value<[u64; 2]>) {
    stepped(|| {
        let changed = value.update(|both| {
            both[0] += 1;
            both[1] += 1;
        });
        changed.expect("nobody died before");
    });
}

fn read(value: Value<[u64; 2]>) -> Option<[u64; 2]> {
    match value.get() {
        Ok(both) => Some(both),
        Err(SharedError::OwnerDied) => None,
        Err(error) => panic!("{error}"),
    }
}

fn value(killer: &mut Killer) -> &'static str {
    let value = Value::new([0_u64, 0]).expect("memory");
    killer.kill(&mut Process::spawn(update, (value.clone(),)).expect("a child"));
    let mut next = Process::spawn(read, (value.clone(),)).expect("a child");
    match next.join_timeout(SOON).expect("it returns").expect("the lock is got") {
        Some([0, 0]) => "nothing",
        Some([1, 1]) => "both changed",
        None => "told",
        other => panic!("nobody was told: {other:?}"),
    }
}

pub(crate) fn who_changes_two_numbers_under_a_lock() {
    everywhere("Locked::lock", Pace::Instruction, 200, locked);
}

pub(crate) fn who_waits_for_a_lock() {
    everywhere("waiting for Locked::lock", Pace::Instruction, 200, waiting);
}

pub(crate) fn who_updates_a_value() {
    everywhere("Value::update", Pace::Instruction, 200, value);
}
