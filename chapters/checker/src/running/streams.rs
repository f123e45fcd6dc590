//! What goes to an answer and comes from it and its guard, without waiting for any one of them; and its end.

use std::io::{self, PipeReader, Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::set_child_subreaper;

use super::Running;
use crate::cage::Cage;
use crate::ending::end_children;

impl Running {
    /// Writes what standard input has room for.
    pub(super) fn give_more(&mut self) {
        let Some(stdin) = &mut self.stdin else { return };
        while !self.to_give.is_empty() {
            match stdin.write(&self.to_give) {
                Ok(length) => _ = self.to_give.drain(..length),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // Nobody reads it any more: that is the answer's own affair.
                Err(_) => {
                    self.to_give.clear();
                    self.stdin = None;
                    return;
                }
            }
        }
        if self.close_when_given {
            self.stdin = None;
        }
    }

    /// Waits for output, for room in its input, or for the guard's report, and takes it.
    pub(super) fn read_more(&mut self, patience: Duration) {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            // The guard has not told anything though it was due: it was stopped, and is no guard any more.
            self.over = true;
            return;
        }
        let mut watched = vec![PollFd::new(self.report.as_fd(), PollFlags::POLLIN)];
        watched.extend(self.stdout.as_ref().map(|it| PollFd::new(it.as_fd(), PollFlags::POLLIN)));
        watched.extend(self.stderr.as_ref().map(|it| PollFd::new(it.as_fd(), PollFlags::POLLIN)));
        if let (Some(stdin), false) = (&self.stdin, self.to_give.is_empty()) {
            watched.push(PollFd::new(stdin.as_fd(), PollFlags::POLLOUT));
        }
        let timeout = PollTimeout::try_from(left.min(patience)).unwrap_or(PollTimeout::ZERO);
        match poll(&mut watched, timeout) {
            Ok(0) | Err(Errno::EINTR) => return,
            _ => {}
        }
        let reported = watched[0].any().unwrap_or(false);
        drop(watched);
        self.give_more();
        let mut length = take(&mut self.stdout, &mut self.out);
        length += take(&mut self.stderr, &mut self.err);
        if self.out.len() + self.err.len() > self.case.most_output {
            self.too_much = true;
            // The rest is not read; whoever writes it ends.
            (self.stdout, self.stderr, self.lifeline) = (None, None, None);
        }
        if reported && (length == 0 || self.too_much) {
            let mut bytes = [0; 4096];
            match self.report.read(&mut bytes) {
                Ok(0) | Err(_) => self.over = true,
                Ok(length) => self.told.extend_from_slice(&bytes[..length]),
            }
        }
    }

    /// Ends the guard, which has ended the answer; and should it be gone, ends what it left.
    pub(super) fn end(&mut self) {
        self.lifeline = None;
        if self.told.is_empty() {
            let _ = self.guard.kill();
        }
        let _ = self.guard.wait();
        let cage = Cage::of(self.guard.id());
        end_children(None, &cage, &self.others);
        cage.remove();
        let _ = set_child_subreaper(false);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        // The guard ends everything and tells it; it is killed if it does not.
        self.lifeline = None;
        (self.stdout, self.stderr) = (None, None);
        while !self.over {
            self.read_more(Duration::from_millis(500));
        }
        self.end();
    }
}

/// Reads what is there; `None` at the end of the stream. To be called only when something can be read, or at an end.
fn take(from: &mut Option<PipeReader>, into: &mut Vec<u8>) -> usize {
    let Some(pipe) = from else { return 0 };
    let mut ready = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
    if !poll(&mut ready, PollTimeout::ZERO).is_ok_and(|ready| ready > 0) {
        return 0;
    }
    let mut bytes = [0; 16 * 1024];
    match pipe.read(&mut bytes) {
        Ok(0) | Err(_) => {
            *from = None;
            0
        }
        Ok(length) => {
            into.extend_from_slice(&bytes[..length]);
            length
        }
    }
}
