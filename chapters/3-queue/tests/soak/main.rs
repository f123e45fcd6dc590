//! Everything at once: producers and consumers that are killed and stopped at random, in a queue and in a ring.
//!
//! `LESSON_SOAK_SECONDS=60 cargo test -p queue soak` takes a minute for each; `LESSON_SOAK_SEED` repeats a run's choices.

mod queue;
mod ring;

use std::env::var;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::signal::Signal;
use process::Process;

/// Small random numbers; the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// Lets so much time pass at most. Not for synchronisation: to meet the others at another place each time.
    fn pause(&mut self, most: Duration) {
        sleep(Duration::from_micros(self.below(most.as_micros() as u64)));
    }

    /// Now and then stops a process for a moment, or for seconds if there are many; says whether. Half of those are
    /// still stopped afterwards, to be killed so.
    fn stop(&mut self, victim: &mut Process<()>) -> Option<Stop> {
        if self.below(3) > 0 {
            return None;
        }
        victim.signal(Signal::SIGSTOP).expect("a signal");
        let long = soak_seconds() >= 60 && self.below(200) == 0;
        self.pause(Duration::from_millis(if long { 3000 } else { 30 }));
        if self.below(2) == 0 {
            return Some(Stop::ForGood);
        }
        victim.signal(Signal::SIGCONT).expect("a signal");
        Some(Stop::Over)
    }
}

#[derive(PartialEq)]
enum Stop {
    Over,
    ForGood,
}

fn number(name: &str) -> Option<u64> {
    var(name).ok()?.parse().ok()
}

fn soak_seconds() -> u64 {
    number("LESSON_SOAK_SECONDS").unwrap_or(2)
}

/// What was seen in all rounds.
#[derive(Debug, Default)]
struct Figures {
    items: usize,
    kills: usize,
    killed_consumers: usize,
    stops: usize,
    /// Items that were put, and that no consumer has dealt with.
    lost: usize,
    /// Those of them that the ring has counted: they were not got yet.
    lost_in_ring: usize,
}

/// Repeats `round` for as long as the soak takes.
fn soak(round: impl Fn(&mut Random, &mut Figures)) {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
    let seed = number("LESSON_SOAK_SEED").unwrap_or_else(|| now() as u64).max(1);
    eprintln!("seed {seed}");
    let (mut random, mut figures, mut rounds) = (Random(seed), Figures::default(), 0);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(soak_seconds()) {
        // Each round gets the test's whole time.
        nix::unistd::alarm::set(120);
        round(&mut random, &mut figures);
        rounds += 1;
    }
    eprintln!("{rounds} rounds: {figures:?}");
}

fn main() -> ExitCode {
    process::register(ring::produce);
    process::register(ring::consume);
    testing::tests![queue::soak, ring::soak]
}
