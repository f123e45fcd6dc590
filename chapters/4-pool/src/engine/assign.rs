//! Who is given what.

use std::mem::take;
use std::time::Instant;

use super::{BETWEEN_TRIES, Engine};
use crate::channel::NotSent;
use crate::error::TaskError;
use crate::job::Job;
use crate::staff::Worker;

/// So many workers a place may end one after another without a single report, before the work is blamed for it.
const MOST_FRUITLESS: usize = 3;

impl Engine {
    /// Gives the workers jobs, as many as keep them busy for a little while, and every vacant place a worker.
    pub(super) fn hand_out(&mut self) {
        while let Some(job) = self.waiting.front() {
            if !self.calls.is_open(job.call) {
                self.waiting.pop_front();
                continue;
            }
            // One that has been given all its tasks leaves as soon as it has done them.
            let least_busy = (0..self.workers.len())
                .filter(|&n| self.workers[n].calls_left(&self.settings) > 0)
                .min_by_key(|&n| self.workers[n].holds.len());
            let n = match least_busy {
                Some(n) if self.workers[n].holds.is_empty() => n,
                _ if self.has_vacancy() && self.refill() => continue,
                Some(n)
                    if self.waiting.front().is_some_and(|job| self.workers[n].has_room(job)) =>
                {
                    n
                }
                _ => return,
            };
            let worker = &mut self.workers[n];
            let Some(job) = self.waiting.pop_front() else { return };
            let left = worker.calls_left(&self.settings);
            let job = if job.count > left {
                let (now, later) = job.split(left);
                self.waiting.push_front(later);
                now
            } else {
                job
            };
            match worker.give(job) {
                Ok(()) => {}
                Err((job, NotSent::Full)) => {
                    self.waiting.push_front(job);
                    return;
                }
                Err((job, NotSent::System(error))) => {
                    let reason = error.to_string();
                    self.give_up(&job, |item| TaskError::NotCoded { item, reason: reason.clone() });
                }
                // It died, or is of no use; it did not get this job.
                Err((job, NotSent::Gone)) => {
                    self.bury(n);
                    if self.is_hopeless() {
                        let reason = "each of them ended before it was given work";
                        self.give_up(&job, |_| TaskError::NoWorkers { reason: reason.to_owned() });
                    } else {
                        self.waiting.push_front(job);
                    }
                }
            }
        }
    }

    /// When nothing waits and a worker is idle, or its place vacant: gives it what another one has been given ahead.
    pub(super) fn even_out(&mut self) {
        while self.waiting.is_empty() && self.workers.iter().any(|worker| worker.holds.len() > 1) {
            let is_one_idle = self.workers.iter().any(|worker| worker.holds.is_empty());
            let is_one_free = is_one_idle || (self.has_vacancy() && self.refill());
            let Some(job) = is_one_free.then(|| self.take_back()).flatten() else { return };
            self.waiting.push_back(job);
            self.hand_out();
        }
    }

    /// Takes a job back that was given ahead: from the busiest, or from whoever has one to give.
    fn take_back(&mut self) -> Option<Job> {
        let busiest = self.workers.iter_mut().max_by_key(|worker| worker.holds.len())?;
        busiest.take_back().or_else(|| self.workers.iter_mut().find_map(Worker::take_back))
    }

    fn has_vacancy(&self) -> bool {
        self.workers.len() < self.settings.workers
    }

    /// Starts a replacement for a vacant place. `false` if there is none to be had now.
    fn refill(&mut self) -> bool {
        let wait = self.refused.is_some_and(|refused| refused.elapsed() < BETWEEN_TRIES);
        if wait && !self.workers.is_empty() {
            return false;
        }
        let started = match self.complaint.take() {
            // They would all end in the same way.
            Some(complaint) if self.is_hopeless() => Err(complaint),
            _ => Worker::start(&self.settings).map_err(|error| error.to_string()),
        };
        let reason = match started {
            Ok(worker) => {
                self.workers.push(worker);
                self.refused = None;
                return true;
            }
            Err(reason) => reason,
        };
        self.refused = Some(Instant::now());
        if self.workers.is_empty() {
            self.fruitless = 0;
            for job in take(&mut self.waiting) {
                self.give_up(&job, |_| TaskError::NoWorkers { reason: reason.clone() });
            }
        }
        false
    }

    /// Reports the same error for all calls of a job.
    fn give_up(&mut self, job: &Job, error: impl Fn(usize) -> TaskError) {
        for place in job.places() {
            self.calls.lose(job.call, place, error(place));
        }
    }

    /// Whether not even new workers get as far as their first report: trying for ever would not help.
    pub(super) fn is_hopeless(&self) -> bool {
        self.fruitless > MOST_FRUITLESS.saturating_mul(self.settings.workers)
    }
}
