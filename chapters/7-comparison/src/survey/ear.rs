//! Signals as something to wait for: who wants to stop us, and that a child has ended.

use std::os::fd::AsFd;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// By which a reader, or a system that shuts down, stops a program.
const STOP: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// Hears signals instead of being ended by them, until it is dropped. A child inherits that they are blocked.
#[derive(Debug)]
pub(super) struct Ear {
    signals: SignalFd,
    heard: SigSet,
}

impl Ear {
    pub(super) fn new() -> nix::Result<Self> {
        let mut heard = SigSet::empty();
        heard.add(Signal::SIGCHLD);
        STOP.iter().for_each(|&signal| heard.add(signal));
        heard.thread_block()?;
        let signals = SignalFd::with_flags(&heard, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        Ok(Self { signals, heard })
    }

    /// Waits for a signal, at most so long; gives the one that is to stop us. It may be that none came.
    pub(super) fn wait(&self, time: Duration) -> nix::Result<Option<Signal>> {
        let time = PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX);
        poll(&mut [PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)], time)?;
        let mut stop = None;
        while let Some(signal) = self.signals.read_signal()? {
            let known = STOP.into_iter().find(|&known| known as u32 == signal.ssi_signo);
            stop = stop.or(known);
        }
        Ok(stop)
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        // It fails only for sets that are no sets.
        let _ = self.heard.thread_unblock();
    }
}
