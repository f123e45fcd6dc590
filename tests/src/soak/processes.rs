//! Rounds of plain processes: every way to end, time-outs, forgotten handles, children of children, refusals.

use std::process::{abort, exit};
use std::thread::{park, spawn};
use std::time::Duration;

use lesson::{Language, set_language};
use process::{Builder, End, JoinError, Process, SpawnError, StartMethod};
use queue::{GetError, Receiver, Sender, pipe};

use super::{Count, Random, Tally};

const SOON: Duration = Duration::from_secs(30);

/// What is started anew.
pub(super) fn register() {
    process::register(end);
    process::register(park_for_ever);
    process::register(have_children);
    process::register(wait_for_the_end);
}

/// Ends in the way with this number; returns so many bytes if it returns.
fn end(way: u64, length: usize) -> Vec<u8> {
    match way {
        // Its message need not be told on standard error.
        0 => std::panic::resume_unwind(Box::new("on purpose".to_owned())),
        1 => exit(7),
        2 => abort(),
        3 => park_for_ever(),
        _ => vec![7; length],
    }
}

fn park_for_ever() -> Vec<u8> {
    loop {
        park();
    }
}

/// Ends when nobody holds the other end any more.
fn wait_for_the_end(receiver: Receiver<u64>) -> bool {
    matches!(receiver.recv(), Err(GetError::Disconnected))
}

/// Has children that die with it, or that end with its pipe; tells that they are there, and waits to be killed.
fn have_children(begun: Sender<u64>, number: u64) {
    let (_held, receiver) = pipe::<u64>().expect("a pipe");
    let dying = Builder::new().die_with_parent(true);
    let _children: Vec<_> =
        (0..number).map(|_| dying.spawn(park_for_ever, ()).expect("a child")).collect();
    let _last = Process::spawn(wait_for_the_end, (receiver,)).expect("a child");
    begun.send(number).expect("the parent waits");
    park_for_ever();
}

/// What goes wrong in a child of a child comes out as text.
fn nested(way: u64) -> String {
    set_language(Language::English);
    let child = Process::spawn(end, (way, 1)).expect("a child");
    child.join().map_or_else(|error| error.to_string(), |value| format!("{value:?}"))
}

pub(super) fn round(random: &mut Random, tally: &Tally) {
    for _ in 0..1 + random.below(6) {
        match random.below(5) {
            0 => refused(random),
            1 => orphans(random, tally),
            2 => {
                let way = random.below(3) as usize;
                let child = Process::spawn(nested, (way as u64,)).expect("a child");
                let told = child.join().expect("it returns");
                assert!(told.contains(["on purpose", "code 7", "SIGABRT"][way]), "{told}");
                tally.add(Count::Processes, 2);
            }
            _ => ends(random, tally),
        }
    }
}

/// Several at the same time, each of which ends in its own way; some are forgotten.
fn ends(random: &mut Random, tally: &Tally) {
    let mut running = Vec::new();
    for _ in 0..1 + random.below(5) {
        let (way, length) = (random.below(8), random.below(2_000_000) as usize);
        let child = random.builder().spawn(end, (way, length)).expect("a child");
        running.push((way, length, child));
    }
    tally.add(Count::Processes, running.len());
    for (way, length, mut child) in running {
        if way == 3 {
            let short = Duration::from_micros(random.below(3_000));
            assert_eq!(child.join_timeout(short).expect("no error"), None);
            random.kill(&mut child, tally);
            assert_eq!(child.wait().expect("it was killed"), End::Signaled(9));
            continue;
        }
        if random.once_in(5) {
            // Dropped while it runs, it is reaped later; waited for here, since nothing may be left.
            let pidfd = child.pidfd().try_clone_to_owned().expect("a descriptor");
            drop(child);
            let deadline = process::ready::Deadline::after(SOON);
            let ended = process::ready::wait_ready(pidfd, nix::poll::PollFlags::POLLIN, deadline);
            assert_eq!(ended, Ok(true), "it does not end");
            continue;
        }
        let joined = child.join_timeout(SOON);
        match (way, joined) {
            (0, Err(JoinError::Ended { end: End::Panicked(message), .. })) => {
                assert_eq!(message, "on purpose");
                tally.add(Count::Panics, 1);
            }
            (1, Err(JoinError::Ended { end: End::Exited(7), .. })) => {}
            (2, Err(JoinError::Ended { end: End::Signaled(6), .. })) => {}
            (4.., Ok(Some(value))) if value == vec![7; length] => {}
            (way, other) => panic!("{way}: {:?}", other.map(|value| value.map(|it| it.len()))),
        }
    }
    // Reaps the forgotten.
    Process::spawn(end, (9, 0)).expect("a child").join().expect("it returns");
}

/// A parent is killed: its children end, too.
fn orphans(random: &mut Random, tally: &Tally) {
    let (begun, told) = pipe().expect("a pipe");
    let number = random.below(4);
    let args = (begun, number);
    let mut parent = random.builder().spawn(have_children, args).expect("a child");
    // Before it has all of them, or after.
    if random.once_in(2) {
        assert_eq!(told.recv().expect("it tells"), number);
    }
    random.kill(&mut parent, tally);
    tally.add(Count::Processes, 2 + number as usize);
    nobody_is_left();
}

/// Those who lost their parent are this process's children now, and end soon.
fn nobody_is_left() {
    let deadline = process::ready::Deadline::after(SOON);
    while testing::children_left().is_some() {
        assert!(!deadline.has_passed(), "children outlive their parent");
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// What is refused leaves nothing behind.
fn refused(random: &mut Random) {
    if random.once_in(2) {
        fn unknown() {}
        let exec = Builder::new().start(StartMethod::Exec);
        let refused = exec.spawn(unknown, ());
        assert!(matches!(refused, Err(SpawnError::NotRegistered { .. })), "{refused:?}");
    } else {
        let from_a_thread = spawn(|| Process::spawn(end, (9, 0)).map(drop));
        let refused = from_a_thread.join().expect("it does not panic");
        assert!(matches!(refused, Err(SpawnError::Threads { .. })), "{refused:?}");
    }
}
