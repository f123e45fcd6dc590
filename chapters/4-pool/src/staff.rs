//! One worker, seen from its parent; and how workers are to be.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use process::ready::Deadline;
use process::{Builder, Process, StartMethod};

use crate::channel::{Channel, Gone, Mark, NotSent};
use crate::error::PoolError;
use crate::job::{CallId, Job};
use crate::report::{Kind, Reported, open};
use crate::worker::work;

/// A worker is given so many orders ahead as it takes about this long to do: enough that it need not wait for the parent
/// between short ones, little enough that nothing waits behind a long one.
const AHEAD: Duration = Duration::from_micros(500);
const MOST_AHEAD: usize = 128;
/// One that it does and one that it finds when that is done; the latter is taken back if another worker is idle by then.
const LEAST_AHEAD: usize = 2;

/// How long an idle worker may take to make room for an order, before it is replaced.
const PATIENCE: Duration = Duration::from_secs(1);

/// How the workers of a pool are to be.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) workers: usize,
    pub(crate) start: StartMethod,
    /// An order of one call that each worker runs first.
    pub(crate) initializer: Option<Vec<u8>>,
    /// A worker is replaced after so many calls.
    pub(crate) max_tasks: Option<usize>,
    /// How many deaths of workers a call may cost before it is given up.
    pub(crate) retries: usize,
}

/// A job that a worker was given and has not finished.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) job: Job,
    /// How many of its calls it has reported.
    pub(crate) done: usize,
    pub(crate) mark: Mark,
}

/// A worker, seen from its parent.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) process: Process<()>,
    pub(crate) channel: Channel,
    /// In the order in which it does them.
    pub(crate) holds: VecDeque<Held>,
    /// Its initializer has not reported yet.
    pub(crate) starting: bool,
    /// How many calls it was given in its life.
    given: usize,
    /// How many orders it may hold, by how long it took for an order lately.
    ahead: usize,
    /// Since when it has been at the order it does now.
    since: Instant,
    /// Orders finished since the pace was noted.
    finished: u32,
}

impl Worker {
    pub(crate) fn start(settings: &Settings) -> Result<Self, PoolError> {
        let (channel, theirs) = Channel::pair().map_err(|source| PoolError::System { source })?;
        let process = Builder::new()
            .name("worker")
            .start(settings.start)
            .die_with_parent(true)
            .spawn(work, (theirs, settings.initializer.clone()))
            .map_err(|source| PoolError::Spawn { source })?;
        Ok(Self {
            process,
            channel,
            holds: VecDeque::new(),
            starting: settings.initializer.is_some(),
            given: 0,
            ahead: LEAST_AHEAD,
            since: Instant::now(),
            finished: 0,
        })
    }

    pub(crate) fn pid(&self) -> Pid {
        self.process.pid()
    }

    /// What the initializer reported, if it has: `Err` with its complaint.
    pub(crate) fn take_initialisation(&mut self) -> Result<Option<Result<(), String>>, Gone> {
        let reported = self.channel.receive(|message| {
            let (_, results) = open(message?).unwrap_or_default();
            match Reported(results).next() {
                Some((Kind::Returned, _)) => Ok(()),
                Some((_, complaint)) => Err(postcard::from_bytes(complaint).unwrap_or_default()),
                None => Err("its report is no report".to_owned()),
            }
        })?;
        self.starting = reported.is_none();
        Ok(reported)
    }

    /// Waits until the initializer has reported, if there is one.
    pub(crate) fn wait_until_initialised(&mut self) -> Result<(), PoolError> {
        let pid = self.pid();
        while self.starting {
            match self.take_initialisation() {
                Ok(Some(Ok(()))) => {}
                Ok(Some(Err(reason))) => return Err(PoolError::Initializer { pid, reason }),
                Ok(None) if self.channel.wait().is_ok() => {}
                _ => {
                    // Its last words may have come with its end.
                    if let Ok(Some(Err(reason))) = self.take_initialisation() {
                        return Err(PoolError::Initializer { pid, reason });
                    }
                    let reason = self
                        .process
                        .wait()
                        .map_or_else(|error| error.to_string(), |end| end.to_string());
                    return Err(PoolError::Initializer { pid, reason });
                }
            }
        }
        Ok(())
    }

    /// How many more calls it may be given before it is replaced.
    pub(crate) fn calls_left(&self, settings: &Settings) -> usize {
        settings.max_tasks.map_or(usize::MAX, |most| most.saturating_sub(self.given))
    }

    /// Whether it may be given this job ahead. A large one could not be taken back.
    pub(crate) fn has_room(&self, job: &Job) -> bool {
        if self.channel.is_large(job.order.len()) {
            return self.holds.is_empty();
        }
        self.holds.len() < self.ahead
    }

    /// Sends it a job; gives the job back if that is not possible, `Full` only if it has other work.
    pub(crate) fn give(&mut self, job: Job) -> Result<(), (Job, NotSent)> {
        let mut patience = None;
        let mark = loop {
            match self.channel.send(&job.order) {
                Ok(mark) => break mark,
                // Only what was taken back from an idle worker can fill its lane, until it comes by.
                Err(NotSent::Full) if self.holds.is_empty() => {
                    let patience = *patience.get_or_insert_with(|| Deadline::after(PATIENCE));
                    if patience.has_passed() || self.channel.wait_for_room().is_err() {
                        return Err((job, NotSent::Gone));
                    }
                }
                Err(reason) => return Err((job, reason)),
            }
        };
        self.channel.wake();
        if self.holds.is_empty() {
            self.since = Instant::now();
        }
        self.given += job.count;
        self.holds.push_back(Held { job, done: 0, mark });
        Ok(())
    }

    /// Takes back the job it would come to last, if it has not taken it from its lane yet.
    pub(crate) fn take_back(&mut self) -> Option<Job> {
        let mark = self.holds.back()?.mark;
        if !self.channel.revoke(mark) {
            return None;
        }
        let job = self.holds.pop_back()?.job;
        self.given -= job.count;
        Some(job)
    }

    /// Takes back all it has not taken from its lane yet of a call whose results nobody wants.
    pub(crate) fn forget(&mut self, call: CallId) {
        let Self { holds, channel, given, .. } = self;
        holds.retain(|held| {
            let taken_back = held.job.call == call && channel.revoke(held.mark);
            if taken_back {
                *given -= held.job.count;
            }
            !taken_back
        });
    }

    /// Forgets its pace: what comes now may be of another kind.
    pub(crate) fn forget_pace(&mut self) {
        self.ahead = LEAST_AHEAD;
    }

    /// The call of the program that it is at, and the places of it on which its next reports are.
    pub(crate) fn at_work_on(&self) -> Option<(CallId, Range<usize>)> {
        let held = self.holds.front()?;
        Some((held.job.call, held.job.first + held.done..held.job.first + held.job.count))
    }

    /// Notes that it has reported on `calls` more calls of the job it is at.
    pub(crate) fn note_report(&mut self, calls: usize) {
        if let Some(held) = self.holds.front_mut() {
            held.done += calls;
            if held.done == held.job.count {
                self.holds.pop_front();
                self.finished += 1;
            }
        }
    }

    /// Notes how long it took for what it has finished since the last time.
    pub(crate) fn note_pace(&mut self) {
        if self.finished > 0 {
            let now = Instant::now();
            let orders =
                AHEAD.as_nanos() * u128::from(self.finished) / (now - self.since).as_nanos().max(1);
            self.ahead = usize::try_from(orders)
                .map_or(MOST_AHEAD, |orders| orders.clamp(LEAST_AHEAD, MOST_AHEAD));
            (self.since, self.finished) = (now, 0);
        }
    }

    /// Has it end: at once if it is at work, by itself if not. It is to be waited for.
    pub(crate) fn dismiss(mut self) -> Process<()> {
        if self.holds.is_empty() {
            self.channel.finish();
        } else {
            let _ = self.process.kill();
        }
        // Closing the channel, here, is what an idle worker that sleeps ends by.
        self.process
    }

    /// Ends an idle worker and waits for it.
    pub(crate) fn retire(self, deadline: Deadline) {
        let mut process = self.dismiss();
        if !matches!(process.wait_until(deadline), Ok(Some(_))) {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
