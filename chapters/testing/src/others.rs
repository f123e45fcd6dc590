//! What others take of this machine: it excuses a test that needs all cores for itself, and nothing else does.

use std::fs;

/// The machine's processors from some moment on.
#[derive(Debug)]
pub struct Others {
    from: Ticks,
}

/// In ticks of the clock that `/proc` counts by (`proc_stat(5)`).
#[derive(Clone, Copy, Debug)]
struct Ticks {
    /// Of all processors, whatever they did.
    all: f64,
    /// In which they did something, or were taken from this virtual machine.
    busy: f64,
    /// Of this process, and of those of its children that were reaped.
    ours: f64,
}

impl Others {
    /// From now on.
    pub fn watch() -> Self {
        Self { from: Ticks::now() }
    }

    /// The share of the processors' time that others have taken since then: from 0 to 1.
    pub fn share(&self) -> f64 {
        let (from, to) = (self.from, Ticks::now());
        let theirs = (to.busy - from.busy) - (to.ours - from.ours);
        (theirs / (to.all - from.all).max(1.0)).clamp(0.0, 1.0)
    }

    /// Fails a test that saw nothing although it had the cores for itself; else says that it was not tested.
    ///
    /// # Panics
    ///
    /// If others took next to nothing.
    #[track_caller]
    pub fn must_excuse(&self, what: &str) {
        let percent = 100.0 * self.share();
        assert!(percent > 3.0, "{what}, though others took only {percent:.1} % of the processors");
        eprintln!("NOT TESTED: {what}, and others took {percent:.0} % of the processors");
    }
}

impl Ticks {
    fn now() -> Self {
        let numbers = |text: &str| -> Vec<f64> {
            text.split_whitespace().filter_map(|it| it.parse().ok()).collect()
        };
        let machine = fs::read_to_string("/proc/stat").unwrap_or_default();
        // User, nice, system, idle, I/O wait, interrupts of two kinds, stolen; guests are counted in user.
        let machine = numbers(machine.lines().next().unwrap_or_default());
        let all: f64 = machine.iter().take(8).sum();
        let idle: f64 = machine.iter().skip(3).take(2).sum();
        // Behind the name, which may have anything in it: the state, then numbers, from the 11th on these times.
        let this = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let this = numbers(this.rsplit(')').next().unwrap_or_default());
        let ours = this.iter().skip(10).take(4).sum();
        Self { all, busy: all - idle, ours }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::thread::sleep;
    use std::time::Duration;

    use super::Others;

    #[test]
    fn a_child_is_one_of_the_others_until_it_is_reaped() {
        let others = Others::watch();
        let mut child =
            Command::new("sh").args(["-c", "while :; do :; done"]).spawn().expect("a shell");
        sleep(Duration::from_millis(500));
        let while_it_ran = others.share();
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        let afterwards = others.share();
        assert!(while_it_ran > 0.03 && while_it_ran > afterwards, "{while_it_ran} {afterwards}");
    }
}
