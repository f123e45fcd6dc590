//! Everything at once, at random, for as long as you like: what stays that should not?
//!
//! One process plays rounds; each mixes what one chapter makes, kills, stops and panics at random moments, counts what
//! arrived, and must leave nothing: see [`Watch`]. Another process watches that one, so that a hang is told as well.
//!
//! The seed gives the choices; when exactly a signal meets its process, nobody can choose. So a seed repeats what was
//! tried, not always what happened.
//!
//! - `random`: the choices. `watch`: what must not grow. `leak`: what the watch must find.
//! - `messages`, `pools`, `values`, `processes`: the rounds.

mod leak;
mod messages;
mod pools;
mod processes;
mod random;
mod values;
mod watch;

use std::fs;
use std::sync::atomic::Ordering::SeqCst;
use std::thread::sleep;
use std::time::{Duration, Instant};

use lesson::{say, text};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process::{Builder, End, JoinError};
use queue::shared::Atomics;

pub use leak::Leak;
pub use random::Random;
pub use watch::Watch;

/// A round may take so long.
const ROUND: Duration = Duration::from_secs(60);
/// How often a line tells how far it is.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// What was seen, in memory that the watching process sees, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Rounds that are done.
    Rounds,
    /// Processes that were started.
    Processes,
    /// Processes that were killed.
    Kills,
    /// Processes that were stopped for a moment.
    Stops,
    /// Panics in tasks and targets.
    Panics,
    /// Items that went through a queue or a ring.
    Items,
    /// Items that went with consumers that were killed.
    Lost,
    /// Tasks that pools were given.
    Tasks,
    /// Owners that died with a lock of which the next one was told.
    Told,
    /// Resident memory now, and when everything had been done a few times, in KiB.
    Resident,
    /// See `Resident`.
    ResidentFirst,
}

/// Counts in shared memory.
#[derive(Debug)]
pub struct Tally(Atomics);

impl Tally {
    /// All zero.
    fn new() -> nix::Result<Self> {
        Atomics::new(Count::ResidentFirst as usize + 1).map(Self)
    }

    /// Adds so many.
    pub fn add(&self, count: Count, number: usize) {
        self.0[count as usize].fetch_add(number as u64, SeqCst);
    }

    fn set(&self, count: Count, number: u64) {
        self.0[count as usize].store(number, SeqCst);
    }

    fn get(&self, count: Count) -> u64 {
        self.0[count as usize].load(SeqCst)
    }
}

/// A round: its name, and what it does.
type Round = (&'static str, fn(&mut Random, &Tally));

const ROUNDS: [Round; 5] = [
    ("queue", messages::in_queue::round),
    ("ring", messages::in_ring::round),
    ("pool", pools::round),
    ("value", values::round),
    ("process", processes::round),
];

/// The round with this number: the same for the same seed, whatever the rounds before it did.
fn chosen(seed: u64, number: u64) -> (Round, Random) {
    let mut random = Random::new(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let round = ROUNDS[random.below(ROUNDS.len() as u64) as usize];
    (round, random)
}

/// What is started anew finds its target here: first in `main`.
pub fn register() {
    messages::register();
    pool::register_worker();
    values::register();
    processes::register();
}

/// Plays rounds until the time is over; gives what was left behind.
fn mix(seed: u64, milliseconds: u64, tally: Atomics, planted: Option<Leak>) -> Result<(), String> {
    let tally = Tally(tally);
    // Whoever loses its parent becomes this process's child.
    nix::sys::prctl::set_child_subreaper(true).map_err(|error| error.to_string())?;
    let begun = Instant::now();
    let mut watch = Watch::new();
    for number in 0.. {
        if begun.elapsed() >= Duration::from_millis(milliseconds) {
            break;
        }
        let ((_, round), mut random) = chosen(seed, number);
        round(&mut random, &tally);
        if let Some(leak) = planted {
            leak.plant();
        }
        watch.look()?;
        tally.set(Count::Resident, watch.resident());
        tally.set(Count::ResidentFirst, watch.resident_first());
        tally.add(Count::Rounds, 1);
    }
    Ok(())
}

/// Soaks for so long, tells how far it is, and what was seen in the end.
///
/// # Errors
///
/// What was left behind, lost or hangs, with the seed and the round.
pub fn soak(time: Duration, seed: u64, planted: Option<Leak>) -> lesson::Result {
    say!("seed {seed}, {} s", "シード{seed}、{}秒", time.as_secs());
    let tally = Tally::new()?;
    let args = (seed, time.as_millis() as u64, tally.0.try_clone()?, planted);
    // If the mixer comes to a bad end, its children become this process's.
    nix::sys::prctl::set_child_subreaper(true)?;
    let mut mixer = Builder::new().die_with_parent(true).spawn(mix, args)?;
    let (mut rounds, mut since) = (0, Instant::now());
    let outcome = loop {
        match mixer.join_timeout(BETWEEN_LINES) {
            Ok(None) => {}
            Ok(Some(outcome)) => break outcome,
            Err(JoinError::Ended { end: End::Panicked(message), .. }) => break Err(message),
            Err(error) => break Err(error.to_string()),
        }
        tell(&tally);
        if tally.get(Count::Rounds) > rounds {
            (rounds, since) = (tally.get(Count::Rounds), Instant::now());
        } else if since.elapsed() > ROUND {
            break Err(text!(
                "it hangs: no round ended for {} s",
                "止まっています: {}秒間どのラウンドも終わりません",
                ROUND.as_secs()
            ));
        }
    };
    let number = tally.get(Count::Rounds);
    let minutes = time.as_secs().div_ceil(60);
    outcome.map_err(|what| {
        let _ = mixer.kill();
        end_children();
        let ((name, _), _) = chosen(seed, number);
        text!(
            "in round {number} ({name}) of seed {seed}: {what}\n\
             again: cargo xtask soak --seed {seed} --minutes {minutes}",
            "シード{seed}のラウンド{number}({name}): {what}\n\
             再実行: cargo xtask soak --seed {seed} --minutes {minutes}"
        )
    })?;
    tell(&tally);
    say!("clean: nothing was left behind", "問題なし: 何も残っていません");
    Ok(())
}

/// Kills whatever runs below this process, and reaps it. Gives up after 10 s: what cannot be killed must not keep the report.
fn end_children() {
    let children = format!("/proc/self/task/{}/children", nix::unistd::gettid());
    let patience = Instant::now() + Duration::from_secs(10);
    while testing::children_left().is_some() && Instant::now() < patience {
        let listed = fs::read_to_string(&children).unwrap_or_default();
        for pid in listed.split_whitespace().filter_map(|pid| pid.parse().ok()) {
            // One that ended keeps its pid until it is reaped above.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        sleep(Duration::from_millis(1));
    }
}

/// One line of figures.
fn tell(tally: &Tally) {
    let [rounds, processes, kills, stops, panics] =
        [Count::Rounds, Count::Processes, Count::Kills, Count::Stops, Count::Panics]
            .map(|count| tally.get(count));
    let [items, lost, tasks, told] =
        [Count::Items, Count::Lost, Count::Tasks, Count::Told].map(|count| tally.get(count));
    let [first, now] = [Count::ResidentFirst, Count::Resident].map(|count| tally.get(count));
    say!(
        "rounds {rounds}: {processes} processes, {kills} killed, {stops} stopped, {panics} panics; \
         {items} items, {lost} lost with their consumers; {tasks} tasks; {told} owners of a lock died; \
         resident {now} KiB, at first {first} KiB",
        "ラウンド{rounds}: プロセス{processes}、強制終了{kills}、停止{stops}、パニック{panics}。\
         要素{items}、消費者とともに失われた要素{lost}。タスク{tasks}。ロックを持ったまま終了した所有者{told}。\
         常駐メモリ{now} KiB(当初{first} KiB)"
    );
}
