//! Who else computed while it was measured.

use std::fs;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::unistd::{SysconfVar, sysconf};
use serde::{Deserialize, Serialize};

/// Others took more than this share of the processors: their work is in the figures.
pub const NOISY: f64 = 0.05;

/// Who else used the processors meanwhile, as shares of all the machine's processors' time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// Other programs.
    pub others: f64,
    /// Other virtual machines on the same host, as far as it tells (`steal`).
    pub stolen: f64,
}

impl Noise {
    /// Whether it was so little that the figures are this machine's own.
    pub fn quiet(self) -> bool {
        self.others + self.stolen <= NOISY
    }
}

/// The moment from which the noise is counted.
#[derive(Debug)]
pub struct Listening {
    at: Instant,
    all: Times,
    own: f64,
}

/// Seconds of all processors together since the machine started.
#[derive(Clone, Copy, Debug)]
struct Times {
    busy: f64,
    stolen: f64,
    processors: usize,
}

impl Listening {
    /// Begins now. `None` where there is no `/proc/stat`.
    pub fn begin() -> Option<Self> {
        Some(Self { at: Instant::now(), all: Times::now()?, own: own_seconds() })
    }

    /// What was heard. Own work counts once its processes have ended and were waited for.
    pub fn end(&self) -> Noise {
        let Some(all) = Times::now() else { return Noise { others: 0.0, stolen: 0.0 } };
        let whole = self.at.elapsed().as_secs_f64() * all.processors as f64;
        let own = own_seconds() - self.own;
        let share = |seconds: f64| (seconds.max(0.0) / whole.max(f64::EPSILON) * 1e3).round() / 1e3;
        Noise {
            others: share(all.busy - self.all.busy - own),
            stolen: share(all.stolen - self.all.stolen),
        }
    }
}

impl Times {
    /// From the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal (`proc_stat(5)`).
    fn now() -> Option<Self> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let ticks_per_second = sysconf(SysconfVar::CLK_TCK).ok()?? as f64;
        let first = stat.lines().next()?.strip_prefix("cpu ")?;
        let fields: Vec<f64> =
            first.split_whitespace().filter_map(|ticks| ticks.parse().ok()).collect();
        let field = |n: usize| fields.get(n).copied().unwrap_or(0.0) / ticks_per_second;
        let numbered = |line: &&str| {
            line.strip_prefix("cpu")
                .is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()))
        };
        Some(Self {
            busy: [0, 1, 2, 5, 6].map(field).iter().sum(),
            stolen: field(7),
            processors: stat.lines().filter(numbered).count().max(1),
        })
    }
}

/// What this process and all that it waited for have used.
fn own_seconds() -> f64 {
    let of = |who| {
        let usage = getrusage(who);
        usage.map_or(0.0, |usage| {
            let micros =
                usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
            micros as f64 / 1e6
        })
    };
    of(UsageWho::RUSAGE_SELF) + of(UsageWho::RUSAGE_CHILDREN)
}

#[cfg(test)]
mod tests {
    use super::Noise;

    #[test]
    fn noise_of_others_and_of_the_host_counts_together() {
        assert!(Noise { others: 0.02, stolen: 0.03 }.quiet());
        assert!(!Noise { others: 0.03, stolen: 0.03 }.quiet());
        assert!(!Noise { others: 0.4, stolen: 0.0 }.quiet());
    }
}
