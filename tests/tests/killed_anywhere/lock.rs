//! The lock in shared memory: the next owner is told.

use caveats::{SharedError, Value};
use process::Process;
use queue::shared::Locked;
use tests::killer::{Killer, Pace, SOON, everywhere, stepped};

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

pub(crate) fn who_updates_a_value() {
    everywhere("Value::update", Pace::Instruction, 200, value);
}
