//! Rounds of a value behind a lock, whose owners are killed.

use std::sync::atomic::Ordering::SeqCst;

use caveats::Value;
use queue::shared::Atomics;

use super::{Count, Random, Tally};

const PROCESSES: usize = 4;

/// What is started anew.
pub(super) fn register() {
    process::register(change);
}

/// Keeps both halves equal; only who dies in between leaves them unequal, and the next owner is told.
fn change(value: Value<[u64; 2]>, marks: Atomics, number: usize, times: u64) {
    for _ in 0..times {
        let mut guard = value.lock().expect("a lock");
        if guard.previous_owner_died() {
            marks[PROCESSES].fetch_add(1, SeqCst);
            // Repaired: of a change that was half done, the second half is missing.
            assert!(guard[0] == guard[1] || guard[0] == guard[1] + 1, "{:?}", *guard);
            guard[1] = guard[0];
        }
        assert_eq!(guard[0], guard[1], "nobody was told");
        guard[0] += 1;
        guard[1] += 1;
        drop(guard);
        marks[number].fetch_add(1, SeqCst);
    }
}

pub(super) fn round(random: &mut Random, tally: &Tally) {
    let value = Value::new([0_u64; 2]).expect("memory");
    let marks = Atomics::new(PROCESSES + 1).expect("memory");
    let times = 1 + random.below(100_000);
    let mut running = Vec::new();
    for number in 0..PROCESSES {
        let args = (value.clone(), marks.try_clone().expect("a descriptor"), number, times);
        running.push(random.builder().spawn(change, args).expect("a child"));
    }
    tally.add(Count::Processes, PROCESSES);
    let killed = random.below(PROCESSES as u64) as usize;
    for _ in 0..killed {
        random.kill(&mut running.swap_remove(0), tally);
    }
    running.into_iter().for_each(|process| process.join().expect("it returns"));
    let mut guard = value.lock().expect("a lock");
    let told = marks[PROCESSES].load(SeqCst) as usize + usize::from(guard.previous_owner_died());
    if guard.previous_owner_died() {
        guard[1] = guard[0];
    }
    assert_eq!(guard[0], guard[1], "nobody was told");
    assert!(told <= killed, "told {told} times of {killed} deaths");
    // Between the change and its mark, each of the killed may have been killed once.
    let noted: u64 = marks[..PROCESSES].iter().map(|mark| mark.load(SeqCst)).sum();
    assert!((noted..=noted + killed as u64).contains(&guard[0]), "{noted} noted of {}", guard[0]);
    tally.add(Count::Told, told);
}
