//! What the workers report, and what is left of those that died.

use std::mem::take;

use process::End;
use process::ready::Deadline;

use super::{Engine, FAREWELL};
use crate::channel::Gone;
use crate::error::TaskError;
use crate::order::Kind;

impl Engine {
    /// Takes in what all workers have reported.
    pub(super) fn take_in_all(&mut self) {
        // From the back: whoever ends leaves the list.
        for n in (0..self.workers.len()).rev() {
            if let Err(Gone) = self.take_in(n) {
                self.bury(n);
            }
        }
    }

    /// Takes in what a worker has reported.
    fn take_in(&mut self, n: usize) -> Result<(), Gone> {
        let worker = &mut self.workers[n];
        let pid = worker.pid();
        if worker.starting {
            match worker.take_initialisation()? {
                None => return Ok(()),
                Some(Ok(())) => {}
                Some(Err(complaint)) => {
                    self.complaint = Some(complaint);
                    return Err(Gone);
                }
            }
        }
        let mut any = false;
        while let Some(held) = worker.holds.front() {
            let (call, place) = (held.job.call, held.job.first + held.done);
            let calls = &mut self.calls;
            let taken = worker.channel.receive(|message| {
                let result = match message {
                    Ok((kind, rest)) => {
                        let text = || String::from_utf8_lossy(rest).into_owned();
                        match Kind::from_byte(kind) {
                            Some(Kind::Returned) => Ok(rest),
                            Some(Kind::Panicked) => {
                                Err(TaskError::Panicked { item: place, pid, message: text() })
                            }
                            Some(Kind::NotCoded) => {
                                Err(TaskError::NotCoded { item: place, reason: text() })
                            }
                            None => return Err(Gone),
                        }
                    }
                    Err(reason) => Err(TaskError::NotCoded { item: place, reason }),
                };
                calls.put(call, place, result);
                Ok(())
            })?;
            let Some(put) = taken else { break };
            put?;
            any = true;
            worker.note_report();
        }
        if any {
            self.fruitless = 0;
            worker.note_pace();
            if worker.calls_left(&self.settings) == 0 && worker.holds.is_empty() {
                self.workers.swap_remove(n).retire(Deadline::after(FAREWELL));
            }
        } else if worker.holds.is_empty() && worker.channel.has_message() {
            // It reports what it was not asked.
            return Err(Gone);
        }
        Ok(())
    }

    /// Removes a worker that ended or is of no use: the call it had begun is lost, the others go to somebody else.
    pub(super) fn bury(&mut self, n: usize) {
        // What it reported before it ended is still in its lane.
        let size = self.workers.len();
        let _ = self.take_in(n);
        if self.workers.len() < size {
            return;
        }
        let mut worker = self.workers.remove(n);
        let pid = worker.pid();
        // It has ended; or it only closed its channel, and would never be heard of again.
        let _ = worker.process.kill();
        let end = worker.process.wait().unwrap_or(End::Signaled(0));
        self.calls.news = true;
        self.fruitless += 1;
        let blame_work = self.is_hopeless() && self.complaint.is_none();
        for (nth, held) in take(&mut worker.holds).into_iter().enumerate().rev() {
            // It takes an order from its lane as the last thing before it begins it.
            let begun = (blame_work && nth == 0) || worker.channel.is_taken(held.mark);
            let mut rest = held.job.split(held.done).1;
            if begun {
                let deaths = rest.deaths + 1;
                let (mut fatal, others) = rest.split(1);
                if deaths <= self.settings.retries {
                    fatal.deaths = deaths;
                    if others.count > 0 {
                        self.waiting.push_front(others);
                    }
                    rest = fatal;
                } else {
                    let item = fatal.first;
                    let error = TaskError::WorkerDied { item, pid, end: end.clone() };
                    self.calls.put(fatal.call, item, Err(error));
                    rest = others;
                }
            }
            if rest.count > 0 {
                self.waiting.push_front(rest);
            }
        }
    }
}
