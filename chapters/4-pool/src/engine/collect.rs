//! What the workers report, and what is left of those that died.

use std::mem::take;

use process::End;
use process::ready::Deadline;

use super::{Engine, FAREWELL};
use crate::channel::Gone;
use crate::error::TaskError;
use crate::report::{Reported, open};
use crate::staff::Worker;

impl Engine {
    /// Takes in what all workers have reported.
    pub(super) fn take_in_all(&mut self) {
        // From the back: whoever ends leaves the list.
        for n in (0..self.workers.len()).rev() {
            if !self.workers[n].channel.has_message() {
                continue;
            }
            if let Err(gone) = self.take_in(n) {
                // Whatever else it has reported would be taken for something else.
                let end = self.end(n);
                self.bury_with(n, end, Err(gone));
                continue;
            }
            let worker = &mut self.workers[n];
            worker.note_pace();
            if worker.calls_left(&self.settings) == 0 && worker.holds.is_empty() {
                self.workers.swap_remove(n).retire(Deadline::after(FAREWELL));
            }
        }
    }

    /// Takes in what a worker has reported.
    fn take_in(&mut self, n: usize) -> Result<(), Gone> {
        let worker = &mut self.workers[n];
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
        let pid = worker.pid();
        while let Some((call, places)) = worker.at_work_on() {
            let calls = &mut self.calls;
            let taken = worker.channel.receive(|message| match message.map(open) {
                Ok(Some((count, results))) if (1..=places.len()).contains(&count) => {
                    calls.put(call, places.start..places.start + count, pid, results);
                    Ok(count)
                }
                Ok(_) => Err(Gone),
                Err(reason) => {
                    let item = places.start;
                    calls.lose(call, item, TaskError::NotCoded { item, reason });
                    Ok(1)
                }
            })?;
            let Some(count) = taken else { return Ok(()) };
            worker.note_report(count?);
            self.fruitless = 0;
        }
        // It must not report what it was not asked.
        if worker.channel.has_message() { Err(Gone) } else { Ok(()) }
    }

    /// Takes in the results that a worker that died had ready and had not shown yet.
    fn take_in_draft(&mut self, worker: &mut Worker) {
        let (Some((call, places)), pid) = (worker.at_work_on(), worker.pid()) else { return };
        let calls = &mut self.calls;
        let count = worker.channel.receive_draft(|results| {
            let count = Reported(results).take(places.len()).count();
            calls.put(call, places.start..places.start + count, pid, results);
            count
        });
        worker.note_report(count.unwrap_or(0));
    }

    /// Removes a worker that ended or is of no use: the call it had begun is lost, the others go to somebody else.
    pub(super) fn bury(&mut self, n: usize) {
        let end = self.end(n);
        // What it reported before it ended is still in its lane.
        let reported = self.take_in(n);
        self.bury_with(n, end, reported);
    }

    /// Says how a worker ended; if it only closed its channel, and would never be heard of again, it is killed.
    fn end(&mut self, n: usize) -> End {
        let process = &mut self.workers[n].process;
        let _ = process.kill();
        process.wait().unwrap_or(End::Signaled(0))
    }

    fn bury_with(&mut self, n: usize, end: End, reported: Result<(), Gone>) {
        let mut worker = self.workers.remove(n);
        let pid = worker.pid();
        if reported.is_ok() && !worker.starting {
            self.take_in_draft(&mut worker);
        }
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
                    self.calls.lose(fatal.call, item, error);
                    rest = others;
                }
            }
            if rest.count > 0 {
                self.waiting.push_front(rest);
            }
        }
    }
}
