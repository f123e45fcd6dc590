//! The choices of a soak: the same for the same seed.

use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::Signal;
use process::{Builder, Process, StartMethod};

use super::{Count, Tally};

/// Small random numbers (Marsaglia's xorshift).
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        // Zero would stay zero.
        let mut random = Self(seed.wrapping_mul(2) | 1);
        // Small seeds have many zeros, which need some turns to mix.
        for _ in 0..20 {
            random.below(2);
        }
        random
    }

    /// From 0 to `limit - 1`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    /// Whether that happens which happens once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// A seed for somebody else.
    pub fn seed(&mut self) -> u64 {
        self.below(1 << 50)
    }

    /// Lets so much time pass at most. Not for synchronisation: to meet the others at another place each time.
    pub fn pause(&mut self, most: Duration) {
        sleep(Duration::from_micros(self.below(1 + most.as_micros() as u64)));
    }

    /// Forks mostly; one in four starts anew.
    pub fn builder(&mut self) -> Builder {
        let start = if self.once_in(4) { StartMethod::Exec } else { StartMethod::Fork };
        Builder::new().start(start)
    }

    /// At some moment kills a process; stops it before, now and then.
    pub fn kill<R>(&mut self, victim: &mut Process<R>, tally: &Tally) {
        self.pause(Duration::from_millis(4));
        if self.once_in(4) {
            victim.signal(Signal::SIGSTOP).expect("a signal");
            tally.add(Count::Stops, 1);
            self.pause(Duration::from_millis(10));
        }
        victim.kill().expect("a signal");
        victim.wait().expect("it ends");
        tally.add(Count::Kills, 1);
    }

    /// Stops a process for a moment.
    pub fn stop<R>(&mut self, victim: &mut Process<R>, tally: &Tally) {
        victim.signal(Signal::SIGSTOP).expect("a signal");
        self.pause(Duration::from_millis(10));
        victim.signal(Signal::SIGCONT).expect("a signal");
        tally.add(Count::Stops, 1);
    }
}
